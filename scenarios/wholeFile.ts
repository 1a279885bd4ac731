/**
 * Files that appear as a whole or not at all, and never somewhere else. The text goes into a new file beside the place,
 * which then takes the place by being renamed: a full disk or a kill leaves what was there before, and a link that
 * somebody put there is replaced, not followed.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileReason } from './fileReason.ts';
import { LockstepError } from './lockstepError.ts';

const TEMPORARY = /^\.lockstep-[0-9a-f]{16}\.tmp$/;

/** Whether `name` is a file that a killed process left in the middle of writing. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** Writes `text` to `path`; `name` is what errors call it. Errors: OUT_NOT_WRITABLE. */
export function writeWhole(path: string, text: string, name: string = path): void {
  const temporary = join(dirname(path), `.lockstep-${randomBytes(8).toString('hex')}.tmp`);
  try {
    // Exclusively: a link of that name, which nobody can guess, would be refused.
    const descriptor = openSync(temporary, 'wx');
    try {
      writeFileSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (cause) {
    removeQuietly(temporary);
    throw notWritable(name, cause);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A name that cannot be written cannot be removed either, and was never made.
  }
}

/** The error of a file that cannot be written. */
export function notWritable(name: string, cause: unknown): LockstepError {
  return new LockstepError(
    'OUT_NOT_WRITABLE',
    `${name}: expected a writable file, got ${fileReason(cause)}. An existing file was not changed. Free some disk space, or name another file.`,
    { cause },
  );
}
