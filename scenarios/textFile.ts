/** Reads the text of files that users name. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** lockstep does not read larger files as a whole. In bytes. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;

/**
 * Reads the text of the file at `path`. Throws for anything that is no regular file, because a pipe or a device may
 * have no end. `fileReason` explains the error.
 */
export function readTextFile(path: string): string {
  // Opening a pipe without a writer would wait forever.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = requireRegular(fstatSync(descriptor));
    if (size > MAX_TEXT_BYTES) throw new Error(`a file of more than ${MAX_TEXT_BYTES} bytes`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** The text without the byte order mark that some editors add. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

interface Kind {
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** Returns `stats` if they are those of a regular file. Throws otherwise. */
export function requireRegular<Stats extends Kind>(stats: Stats): Stats {
  if (stats.isFile()) return stats;
  throw new Error(stats.isDirectory() ? 'a folder' : 'a device or a pipe, which is no file');
}
