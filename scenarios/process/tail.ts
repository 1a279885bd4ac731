/** Drains a stream and keeps its last characters, so that a child with endless output does not fill the memory. */
import type { Readable } from 'node:stream';

/** How many characters of a child's stdout and stderr are kept, in UTF-16 code units. */
export const KEPT_OUTPUT = 4096;

/** Reads `stream` to its end. The returned function gives its last KEPT_OUTPUT characters. */
export function drain(stream: Readable): () => string {
  let kept = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    kept = (kept + chunk.slice(-KEPT_OUTPUT)).slice(-KEPT_OUTPUT);
  });
  stream.on('error', () => {});
  return () => kept;
}
