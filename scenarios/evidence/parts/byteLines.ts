/** The lines of a file as bytes, a chunk at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

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

/** What is read goes behind what is left, into one buffer: memory that is new takes longer than the reading. */
let spare: Buffer | undefined;

/**
 * `take` must not keep the line, whose bytes are overwritten. Between chunks others have their turn. Rejects when the file
 * cannot be read, or when it is stopped, with the signal's reason.
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
      // At once: to have another thread do it takes longer where all of them are busy.
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
