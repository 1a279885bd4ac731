/** Reads JSON from a user's file and checks it against a schema. */
import type * as z from '../adapters/contract/zod.ts';
import { fileReason } from './fileReason.ts';
import { readTextFile, withoutMark } from './textFile.ts';

/** Creates the error that says what the file should contain. `what` says what is wrong. */
export type Wrong = (what: string, cause?: unknown) => Error;

/** Reads the value in the file at `path`. Throws the error that `wrong` makes. */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>, wrong: Wrong): T {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (cause) {
    throw wrong(`got ${fileReason(cause)}`, cause);
  }
  return parseJsonText(text, schema, wrong);
}

/** Parses the value in `text`. Throws the error that `wrong` makes. */
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

/** The most problems to list, and the most characters of each. */
const MAX_TOLD = 3;
const MAX_CHARACTERS = 200;

function short(text: string): string {
  const line = text.replaceAll('\n', '\\n');
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
}

/** ` at line 3`, if `JSON.parse` reports the position of the error. */
export function lineIn(text: string, error: unknown): string {
  const [, position] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  return position === undefined ? '' : ` at line ${text.slice(0, Number(position)).split('\n').length}`;
}

/** The path of a value, with entries counted from 1: `entry 2, clause`. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part))).join(', ');
}
