/** JSON that a user hands in as a file, checked against a schema. */
import type { z } from 'zod';
import { fileReason } from './fileReason.ts';
import { readTextFile, withoutMark } from './textFile.ts';

/** Makes the error that says what the file should be; `what` is wrong with it. */
export type Wrong = (what: string, cause?: unknown) => Error;

/** The value in the file at `path`. Throws what `wrong` makes. */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>, wrong: Wrong): T {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (cause) {
    throw wrong(`got ${fileReason(cause)}`, cause);
  }
  return parseJsonText(text, schema, wrong);
}

/** The value in `text`. Throws what `wrong` makes. */
export function parseJsonText<T>(text: string, schema: z.ZodType<T>, wrong: Wrong): T {
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(text));
  } catch (cause) {
    throw wrong('this is no JSON', cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw wrong(parsed.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}`).join('; '));
}

/** Entries from 1, as people count: `entry 2, clause`. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part))).join(', ');
}
