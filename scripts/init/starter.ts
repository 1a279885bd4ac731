/** Writes the files of `lockstep init`, and says how lockstep gets beside them. */
import { copyFileSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileReason } from '../../scenarios/fileReason.ts';
import { makeFolders } from '../../scenarios/folders.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { quote } from '../../reports/words/commandLine.ts';
import { distUrl, lockstepVersion } from '../paths.ts';
import { PROJECT_FILES, STARTER_FILES } from './starterFiles.ts';

/**
 * Writes every file below `folder`, those of any project where they are missing, and returns the paths of what was written.
 * Throws USAGE, with nothing written, if a file of the starter is there.
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
    // Half a starter would keep the next attempt from writing the other half.
    for (const path of written) rmSync(path, { force: true });
    throw new LockstepError(
      'OUT_NOT_WRITABLE',
      `${folder}: expected a writable folder for the starter, got ${fileReason(cause)}. Name another folder.`,
      { cause },
    );
  }
  return written;
}

/** As npm allows it, made of the folder's. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'my-adapter' : name;
}

/** Vitest 5 is for later versions of Node.js. */
const VITEST_5_NEEDS = 22;

/** The commands that install what the starter needs: lockstep too, where the project does not have it. */
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

function isInstalled(folder: string): boolean {
  try {
    createRequire(join(folder, 'target.ts')).resolve('lockstep/package.json');
    return true;
  } catch {
    return false;
  }
}
