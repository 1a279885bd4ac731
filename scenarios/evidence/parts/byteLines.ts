/** Reads the lines of a file as bytes, in chunks. */
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

const CHUNK_BYTES = 1024 * 1024;
const LINE_BREAK = 0x0a;

export interface ByteLine {
  readonly bytes: Buffer;
  readonly from: number;
  /** The offset before the line break. */
  readonly to: number;
  /** The line's number, from 1. */
  readonly number: number;
  /** Whether the line is the file's last and has no line break. */
  readonly unterminated: boolean;
}

export interface ReadingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that were read since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * New bytes are read behind the rest of the previous chunk, into the same buffer, because the first use of new memory
 * takes longer.
 */
let spare: Buffer | undefined;

/**
 * `take` must not keep the line, because its bytes are overwritten. Other tasks run between chunks. Rejects if the file
 * cannot be read, or with the signal's reason if that is aborted.
 */
export async function forEachLine(
  path: string,
  take: (line: ByteLine) => void,
  { signal, onBytes }: ReadingOptions,
): Promise<void> {
  const descriptor = openSync(path, 'r');
  let bytes = spare ?? Buffer.alloc(2 * CHUNK_BYTES);
  spare = undefined;
  const line = { bytes, from: 0, to: 0, number: 0, unterminated: false };
  let end = 0;
  try {
    for (;;) {
      await turnOfTheLoop();
      signal?.throwIfAborted();
      if (bytes.length - end < CHUNK_BYTES) bytes = Buffer.concat([bytes.subarray(0, end)], 2 * bytes.length);
      // Synchronously: passing the work to another thread takes longer while all of them are busy.
      const read = readSync(descriptor, bytes, end, CHUNK_BYTES, null);
      if (read === 0) break;
      onBytes?.(read);
      const filled = bytes.subarray(0, end + read);
      line.bytes = bytes;
      let from = 0;
      for (let to = filled.indexOf(LINE_BREAK, end); to >= 0; to = filled.indexOf(LINE_BREAK, from)) {
        line.from = from;
        line.to = to;
        line.number += 1;
        take(line);
        from = to + 1;
      }
      bytes.copyWithin(0, from, filled.length);
      end = filled.length - from;
    }
    if (end > 0) take({ bytes, from: 0, to: end, number: line.number + 1, unterminated: true });
  } finally {
    spare = bytes;
    closeSync(descriptor);
  }
}
