/** Text of a file that somebody names. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** A larger file is none that lockstep reads as a whole, in bytes. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;

/**
 * The text of the file at `path`. Throws an error for whatever cannot be read to its
 * end: a pipe may have none, nor may a device. `fileReason` says why.
 */
export function readTextFile(path: string): string {
  // Opening a pipe that nobody writes to would wait for ever.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = requireRegular(fstatSync(descriptor));
    if (size > MAX_TEXT_BYTES) throw new Error(`a file of more than ${MAX_TEXT_BYTES} bytes`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Without the mark of the byte order that some editors put in front. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

interface Kind {
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** `stats` of a file; throws for anything else. */
export function requireRegular<Stats extends Kind>(stats: Stats): Stats {
  if (stats.isFile()) return stats;
  throw new Error(stats.isDirectory() ? 'a folder' : 'a device or a pipe, which is no file');
}
