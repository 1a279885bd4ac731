/**
 * Writes files so that they appear completely or not at all, and only at their place. The text is written to a new file
 * next to it, which is then renamed: a full disk or a kill leaves the old file, and a link at the place is replaced
 * instead of followed.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileReason } from './fileReason.ts';
import { LockstepError } from './lockstepError.ts';

const TEMPORARY = /^\.lockstep-[0-9a-f]{16}\.tmp$/;

/** Whether `name` is a file that a killed process left while it was writing. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** Writes `text` to `path`. `name` is the file's name in errors. Errors: OUT_NOT_WRITABLE. */
export function writeWhole(path: string, text: string, name: string = path): void {
  const temporary = join(dirname(path), `.lockstep-${randomBytes(8).toString('hex')}.tmp`);
  try {
    // Exclusively, so that an existing link with this unguessable name would be an error.
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
    // If the file could not be written it was never created, or it cannot be removed either.
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
