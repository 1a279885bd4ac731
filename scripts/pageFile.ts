/** The file that `--html` names: whether a page may be written there is settled before the work, not after it. */
import { accessSync, closeSync, constants, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LockstepError } from '../scenarios/lockstepError.ts';

const PAGE_START = '<!doctype html>';

/**
 * The absolute path of the page `name`. Errors: USAGE for a folder, and for an existing file that is no page: most
 * likely a history, with the name of the page forgotten. OUT_NOT_WRITABLE.
 */
export function pagePath(cwd: string, name: string): string {
  const path = resolve(cwd, name);
  const present = statSync(path, { throwIfNoEntry: false });
  if (present?.isDirectory() === true)
    throw new LockstepError('USAGE', `--html ${name}: expected a file, got a folder. Name a file in it.`);
  try {
    accessSync(present === undefined ? dirname(path) : path, constants.W_OK);
  } catch (cause) {
    throw notWritable(name, cause);
  }
  if (present?.isFile() === true && present.size > 0 && !isPage(path))
    throw new LockstepError(
      'USAGE',
      `--html ${name}: expected a new file or an earlier page, got another file, which was left as it is. Name another one.`,
    );
  return path;
}

/** Errors: OUT_NOT_WRITABLE. */
export function writePage(path: string, name: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw notWritable(name, cause);
  }
}

function isPage(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(PAGE_START.length);
    readSync(file, start, 0, start.length, 0);
    return start.toString('latin1') === PAGE_START;
  } finally {
    closeSync(file);
  }
}

function notWritable(name: string, cause: unknown): LockstepError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new LockstepError(
    'OUT_NOT_WRITABLE',
    `--html ${name}: expected a file that can be written, got ${what}. Name another one.`,
    { cause },
  );
}
