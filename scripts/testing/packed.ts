/** The package as its users get it: packed, unpacked, and installed without a network. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Ran {
  /** Null: a signal ended it. */
  readonly status: number | null;
  /** What it wrote to stdout and stderr. */
  readonly output: string;
}

/** Runs a program to its end. Never rejects: what it ended with is told. */
export function run(command: string, args: readonly string[], cwd: string = root): Promise<Ran> {
  const options = { cwd, maxBuffer: 1 << 26, env: { ...process.env, NO_COLOR: '1' } };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ status, output: stdout + stderr });
    });
  });
}

/** A folder of its own, away from this package's node_modules, removed when it is disposed. */
export class Folder implements Disposable {
  readonly path: string = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-packed-')));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Packs what `npm run build` has made. Returns the path of the tarball. */
export async function pack(into: string): Promise<string> {
  const { status, output } = await run('npm', [
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    into,
  ]);
  if (status !== 0) throw new Error(`npm pack failed:\n${output}`);
  return join(into, output.trim());
}

/**
 * Unpacks `tarball` to `dir`/node_modules/lockstep and links what is installed here beside it, but for the packages
 * in `without`. The copy itself is real: what it cannot find there it has not got.
 */
export async function install(tarball: string, dir: string, without: readonly string[] = []): Promise<void> {
  const modules = join(dir, 'node_modules');
  const own = join(modules, 'lockstep');
  mkdirSync(own, { recursive: true });
  const { status, output } = await run('tar', ['-xzf', tarball, '-C', own, '--strip-components=1']);
  if (status !== 0) throw new Error(`tar failed:\n${output}`);
  for (const name of packages(join(root, 'node_modules'))) {
    if (without.includes(name)) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
}

function packages(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    );
}
