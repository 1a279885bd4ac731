/** Writes the files of `lockstep init`, and tells how to install lockstep. */
import { copyFileSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileReason } from '../../scenarios/fileReason.ts';
import { makeFolders } from '../../scenarios/folders.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { quote } from '../../reports/words/commandLine.ts';
import { distUrl, lockstepVersion } from '../paths.ts';
import { PROJECT_FILES, STARTER_FILES } from './starterFiles.ts';

/**
 * Writes every file below `folder`, and the usual files of a project if they are missing. Returns the paths of the
 * written files. If a file of the starter already exists, throws USAGE and writes nothing.
 */
export function writeStarter(folder: string): string[] {
  const present = STARTER_FILES.filter(({ to }) => existsSync(join(folder, to)));
  if (present.length > 0) {
    const names = present.map(({ to }) => to).join(', ');
    throw new LockstepError(
      'USAGE',
      `Expected a folder without the files to write, but ${folder} has ${names}. Nothing was written. Name another folder, or move these files away.`,
    );
  }
  const written: string[] = [];
  const write = (to: string, put: (path: string) => void): void => {
    const path = join(folder, to);
    makeFolders(dirname(path));
    put(path);
    written.push(path);
  };
  try {
    for (const { from, to } of STARTER_FILES) {
      const source = fileURLToPath(distUrl(`scripts/starter/${from}`));
      write(to, (path) => copyFileSync(source, path, constants.COPYFILE_EXCL));
    }
    for (const { to, text } of PROJECT_FILES) {
      if (!existsSync(join(folder, to)))
        write(to, (path) => writeFileSync(path, text(packageName(folder)), { flag: 'wx' }));
    }
  } catch (cause) {
    // A partial starter would prevent the next attempt.
    for (const path of written) rmSync(path, { force: true });
    throw new LockstepError(
      'OUT_NOT_WRITABLE',
      `${folder}: expected a writable folder for the starter, got ${fileReason(cause)}. Name another folder.`,
      { cause },
    );
  }
  return written;
}

/** A name that npm accepts, derived from the folder's name. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'my-adapter' : name;
}

/** Vitest 5 requires this version of Node.js. */
const VITEST_5_NEEDS = 22;

/** The commands that install what the starter needs, including lockstep if the project does not have it. */
export function installCommands(folder: string): string[] {
  const [major = ''] = process.versions.node.split('.');
  const vitest = Number(major) < VITEST_5_NEEDS ? 'vitest@4' : 'vitest';
  const others = `${vitest} typescript @types/node`;
  if (isInstalled(folder)) return [`npm install --save-dev ${others}`];
  const own = dirname(fileURLToPath(distUrl('')));
  return [
    `npm pack --ignore-scripts ${quote(own)}`,
    `npm install --save-dev ./lockstep-${lockstepVersion()}.tgz ${others}`,
  ];
}

/** In the folder itself: a copy above it does not find a vitest that is installed below. */
function isInstalled(folder: string): boolean {
  return existsSync(join(folder, 'node_modules', 'lockstep', 'package.json'));
}
