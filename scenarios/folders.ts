/** Creates and checks folders. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileCode, fileReason } from './fileReason.ts';
import { LockstepError } from './lockstepError.ts';

/**
 * Creates a folder for lockstep's output with `make`. `name` is its name in errors. Returns false if it already
 * existed. Errors: OUT_NOT_WRITABLE.
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
 * Creates the folder and its parents. Returns false if it already existed. Throws the file system's error.
 *
 * It creates one folder per call, because Node's `recursive` never returns where nothing can be created, as in /proc.
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

/** Creates the folder. Returns false if it already existed; a link to a folder counts. */
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

/** Whether `path` is a folder or a link to one. False if it cannot be inspected. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
