/** Reads the lines of a text file in chunks, so that even a large file takes little memory. */
import { createReadStream } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

export interface LineBatch {
  readonly lines: readonly string[];
  /** The number of the first line, from 1. */
  readonly first: number;
  /** Whether the last line is the file's last and has no line break. */
  readonly unterminated: boolean;
}

/** The lines of the file at `path`, in order. Rejects if the file cannot be read. */
export async function* readLines(path: string): AsyncGenerator<LineBatch> {
  let first = 1;
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: CHUNK_BYTES })) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() as string;
    if (lines.length === 0) continue;
    yield { lines, first, unterminated: false };
    first += lines.length;
  }
  if (rest !== '') yield { lines: [rest], first, unterminated: true };
}
