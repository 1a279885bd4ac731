/**
 * Reads the lines of a file as bytes, many at a time, so that a reader that knows their shape need not convert them to
 * text.
 */
import { open } from 'node:fs/promises';
import { evidenceError } from '../evidence/evidenceError.ts';

const FIRST_BYTES = 4 * 1024 * 1024;
/** A longer line cannot belong to a history, and a string can hardly be longer. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
export const LINE_BREAK = 0x0a;

/** Whole lines in `bytes`, from `from` to before `to`. Each ends with a line break, except possibly the file's last. */
export interface ByteLines {
  /** Valid until the next lines are requested. */
  readonly bytes: Buffer;
  readonly to: number;
}

/** The lines of the file at `path`, in order. Errors call the file `name`. Rejects if it cannot be read. */
export async function* readByteLines(path: string, name: string): AsyncGenerator<ByteLines> {
  await using file = await open(path);
  // One buffer for the whole file: new buffers cost more than the work on their content.
  let bytes = Buffer.allocUnsafe(FIRST_BYTES);
  let held = 0;
  for (;;) {
    if (held >= MAX_LINE_BYTES)
      throw evidenceError('EVIDENCE_MALFORMED', name, `Expected lines of at most ${MAX_LINE_BYTES} bytes`);
    if (held === bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
    const { bytesRead } = await file.read(bytes, held, bytes.length - held);
    if (bytesRead === 0) break;
    const filled = held + bytesRead;
    const to = bytes.lastIndexOf(LINE_BREAK, filled - 1) + 1;
    if (to > 0) yield { bytes, to };
    bytes.copyWithin(0, to, filled);
    held = filled - to;
  }
  if (held > 0) yield { bytes, to: held };
}

/** The beginning of a file's text: after the byte order mark (three bytes), if there is one. */
export function startOfText(bytes: Buffer, from: number, to: number): number {
  const isMarked =
    to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
  return isMarked ? from + 3 : from;
}

/** Whether a line contains only white space. */
export function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
