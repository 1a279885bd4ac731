/** Lines of a text file, a chunk at a time, so that a file of any size takes little memory. */
import { createReadStream } from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

export interface LineBatch {
  readonly lines: readonly string[];
  /** Number of the first of them, from 1. */
  readonly first: number;
  /** Whether the last of them is the file's last and has no line break at its end. */
  readonly unterminated: boolean;
}

/** The lines of the file at `path` in order. Rejects when it cannot be read. */
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
