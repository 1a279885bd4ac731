/** Drains a stream and keeps its last characters, so that a child that floods its output fills no memory. */
import type { Readable } from 'node:stream';

/** How much of a child's stdout and stderr is kept, in UTF-16 code units. */
export const KEPT_OUTPUT = 4096;

/** Reads `stream` to its end; the returned function gives the last KEPT_OUTPUT characters. */
export function drain(stream: Readable): () => string {
  let kept = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    kept = (kept + chunk.slice(-KEPT_OUTPUT)).slice(-KEPT_OUTPUT);
  });
  stream.on('error', () => {});
  return () => kept;
}
