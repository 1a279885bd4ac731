/** Writes the files of `lockstep init`. */
import { copyFileSync, constants, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileReason } from '../scenarios/fileReason.ts';
import { makeFolders } from '../scenarios/folders.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { distUrl } from './paths.ts';
import { STARTER_FILES } from './starterFiles.ts';

/** Writes every file below `folder` and returns their paths. Throws USAGE, with nothing written, if one is there. */
export function writeStarter(folder: string): string[] {
  const present = STARTER_FILES.filter(({ to }) => existsSync(join(folder, to)));
  if (present.length > 0) {
    const names = present.map(({ to }) => to).join(', ');
    throw new LockstepError(
      'USAGE',
      `Expected a folder without the files to write, but ${folder} has ${names}. Nothing was written: name another folder, or move them away.`,
    );
  }
  const paths = STARTER_FILES.map(({ to }) => join(folder, to));
  const written: string[] = [];
  try {
    for (const [index, { from }] of STARTER_FILES.entries()) {
      const path = paths[index] as string;
      makeFolders(dirname(path));
      copyFileSync(fileURLToPath(distUrl(`scripts/starter/${from}`)), path, constants.COPYFILE_EXCL);
      written.push(path);
    }
  } catch (cause) {
    // Half a starter would keep the next attempt from writing the other half.
    for (const path of written) rmSync(path, { force: true });
    throw new LockstepError(
      'OUT_NOT_WRITABLE',
      `${folder}: expected a folder to write the starter to, got ${fileReason(cause)}. Name another one.`,
      { cause },
    );
  }
  return paths;
}
