/** The account that PostgreSQL runs as: it refuses to run as root. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/**
 * Undefined when this process is not root: PostgreSQL then runs as the same user. For root it is the account
 * `postgres`, created if there is none. Throws Error when it cannot be created.
 */
export async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await find();
  if (known !== undefined) return known;
  const failure = await run('useradd', ['--system', '--user-group', '--no-create-home', NAME]).then(
    () => undefined,
    (error: unknown) => error,
  );
  // Looked up again also after a failure: another run may have created it at the same moment.
  const created = await find();
  if (created !== undefined) return created;
  throw new Error(`root cannot run PostgreSQL, and the account "${NAME}" could not be created`, {
    cause: failure,
  });
}

async function find(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, NAME])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    return undefined;
  }
}
