/** The account that PostgreSQL runs under. PostgreSQL refuses to run as root. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/**
 * Undefined if this process does not run as root: PostgreSQL then runs as the same user. For root it is the account
 * `postgres`, which is created if it is missing. Throws Error if it cannot be created.
 */
export async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await find();
  if (known !== undefined) return known;
  const failure = await run('useradd', ['--system', '--user-group', '--no-create-home', NAME]).then(
    () => undefined,
    (error: unknown) => error,
  );
  // Look it up even after a failure, because another run may have created it at the same time.
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
