/** The lines of a file as bytes, a chunk at a time. */
import { createReadStream } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;
const LINE_BREAK = 0x0a;

export interface ByteLine {
  readonly bytes: Buffer;
  readonly from: number;
  /** Without its line break. */
  readonly to: number;
  /** From 1. */
  readonly number: number;
  /** Whether it is the file's last and has no line break at its end. */
  readonly unterminated: boolean;
}

export interface ReadingOptions {
  readonly signal?: AbortSignal | undefined;
  /** So many more bytes were read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Rejects when the file cannot be read, or when it is stopped, with the signal's reason. */
export async function forEachLine(
  path: string,
  take: (line: ByteLine) => void,
  { signal, onBytes }: ReadingOptions,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 1;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    signal?.throwIfAborted();
    onBytes?.((chunk as Buffer).length);
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let from = 0;
    for (let to = bytes.indexOf(LINE_BREAK); to >= 0; to = bytes.indexOf(LINE_BREAK, from)) {
      take({ bytes, from, to, number, unterminated: false });
      number += 1;
      from = to + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) take({ bytes: rest, from: 0, to: rest.length, number, unterminated: true });
}
