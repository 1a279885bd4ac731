/** Making folders. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileCode, fileReason } from './fileReason.ts';
import { LockstepError } from './lockstepError.ts';

/**
 * Makes a folder for what lockstep writes, by `make`; `name` is what errors call it. False when it was there already.
 * Errors: OUT_NOT_WRITABLE.
 */
export function makeOutFolder(
  dir: string,
  name: string = dir,
  make: (dir: string) => boolean = makeFolders,
): boolean {
  try {
    const isNew = make(dir);
    accessSync(dir, constants.W_OK);
    return isNew;
  } catch (cause) {
    throw new LockstepError(
      'OUT_NOT_WRITABLE',
      `${name}: expected a folder that can be created and written, got ${fileReason(cause)}. Name another folder.`,
      { cause },
    );
  }
}

/**
 * Makes the folder and those above it; false when it was there already. Throws what the file system says.
 *
 * One folder a call: Node's own recursion never ends where nothing can be made, as in /proc.
 */
export function makeFolders(dir: string): boolean {
  try {
    return makeFolder(dir);
  } catch (error) {
    if (fileCode(error) !== 'ENOENT' || existsSync(dirname(dir))) throw error;
    makeFolders(dirname(dir));
    return makeFolder(dir);
  }
}

/** Makes the folder; false when it was there already. A link to a folder counts as one. */
export function makeFolder(dir: string): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    const present = fileCode(error) === 'EEXIST' ? statSync(dir, { throwIfNoEntry: false }) : undefined;
    if (present?.isDirectory() === true) return false;
    throw error;
  }
}

/** Whether there is a folder, or a link to one. What cannot be looked at is none. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
