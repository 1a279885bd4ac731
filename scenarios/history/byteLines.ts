/** Lines of a file as bytes, many at a time: who knows their shape need not make texts of them. */
import { open } from 'node:fs/promises';
import { evidenceError } from '../evidence/evidenceError.ts';

const FIRST_BYTES = 4 * 1024 * 1024;
/** A longer line is none of a history, and no text can hold much more. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
export const LINE_BREAK = 0x0a;

/** Whole lines, from `from` up to `to`; each but perhaps the file's last ends with a line break. */
export interface ByteLines {
  /** Overwritten when the next lines are asked for. */
  readonly bytes: Buffer;
  readonly to: number;
}

/** The lines of the file at `path` in order; errors call it `name`. Rejects when it cannot be read. */
export async function* readByteLines(path: string, name: string): AsyncGenerator<ByteLines> {
  await using file = await open(path);
  // One buffer for the whole file: new ones cost more than what is done with them.
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

/** Where the text of a file begins: some writers put a mark of the byte order, three bytes, in front. */
export function startOfText(bytes: Buffer, from: number, to: number): number {
  const isMarked =
    to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
  return isMarked ? from + 3 : from;
}

/** Whether a line holds nothing but white space. */
export function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
