/** The file that `--html` names. Whether a page can be written there is checked before the work, not after it. */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { requireRegular } from '../../scenarios/textFile.ts';
import { notWritable, writeWhole } from '../../scenarios/wholeFile.ts';

const PAGE_START = '<!doctype html>';

/**
 * The absolute path of the page `name`. Errors: USAGE if it is no file, or an existing file that is no page: then the
 * user most likely named a history and forgot the name of the page. OUT_NOT_WRITABLE.
 */
export function pagePath(cwd: string, name: string): string {
  const path = resolve(cwd, name);
  try {
    const present = statSync(path, { throwIfNoEntry: false });
    if (present === undefined) {
      if (!statSync(dirname(path)).isDirectory()) throw new Error('a file where a folder should be');
      accessSync(dirname(path), constants.W_OK);
      return path;
    }
    requireRegular(present);
    accessSync(path, constants.W_OK);
    if (present.size === 0 || isPage(path)) return path;
  } catch (cause) {
    throw notWritable(called(name), cause);
  }
  throw new LockstepError(
    'USAGE',
    `--html ${name}: expected a new file or an earlier page, got another file. It was not changed. Name another file.`,
  );
}

/** Errors: OUT_NOT_WRITABLE. */
export function writePage(path: string, name: string, text: string): void {
  writeWhole(path, text, called(name));
}

function called(name: string): string {
  return `--html ${name}`;
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
