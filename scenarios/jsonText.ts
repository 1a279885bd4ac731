/** JSON that a user hands in as a file, checked against a schema. */
import type * as z from '../adapters/contract/zod.ts';
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
    throw wrong(`this is no JSON${lineIn(text, cause)}`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const told = issues.slice(0, MAX_TOLD).map(({ path, message }) => `${placeOf(path)}: ${short(message)}`);
  const more = issues.length > MAX_TOLD ? [`and ${issues.length - MAX_TOLD} more`] : [];
  throw wrong([...told, ...more].join('; '));
}

/** So many things that are wrong are told of, and so many characters of each. */
const MAX_TOLD = 3;
const MAX_CHARACTERS = 200;

function short(text: string): string {
  const line = text.replaceAll('\n', '\\n');
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
}

/** ` at line 3`, where `JSON.parse` says at which place of the text it gave up. */
export function lineIn(text: string, error: unknown): string {
  const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  return position === undefined ? '' : ` at line ${text.slice(0, Number(position)).split('\n').length}`;
}

/** Entries from 1, as people count: `entry 2, clause`. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part))).join(', ');
}
