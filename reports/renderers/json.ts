/** Converts a result to JSON text, and back. */
import type * as z from '../../adapters/contract/zod.ts';
import { SCHEMA_VERSION, type RunResult } from '../model.ts';
import { completeOlderResult } from '../folder/olderResult.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { lineIn } from '../../scenarios/jsonText.ts';
import { withoutMark } from '../../scenarios/textFile.ts';
import { runResultSchema } from '../schema/result.ts';
import type { Renderer } from './renderer.ts';

/** The result as JSON, with a final newline. Values that JSON lacks (in a program's arguments) are tagged. */
export function renderJson(result: object): string {
  return `${JSON.stringify(result, tagged, 2)}\n`;
}

/** Uses the tags of hosts: `1n` becomes `{"$":"bigint","v":"1"}`; NaN and undefined elements likewise. */
function tagged(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $: 'bigint', v: value.toString() };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $: 'number', v: String(value) };
  if (value === undefined && Array.isArray(this)) return { $: 'undefined' };
  return value;
}

/**
 * The result in `text`. Strict: unknown fields are refused, because they would be lost. Figures that older versions did
 * not record are derived if possible. Errors: RESULT_NOT_JSON, RESULT_VERSION, RESULT_INVALID.
 * @param name The name of the file in messages.
 */
export function parseRunResult(text: string, name = 'result.json'): RunResult {
  return parseResult(text, name, {
    schema: runResultSchema,
    version: SCHEMA_VERSION,
    complete: completeOlderResult,
  });
}

export interface ResultShape<T> {
  readonly schema: z.ZodType<T>;
  readonly version: number;
  /** Adds what results of earlier releases lack. */
  readonly complete?: (value: unknown) => unknown;
}

/** The same for any kind of result. */
export function parseResult<T>(
  text: string,
  name: string,
  { schema, version, complete = (value) => value }: ResultShape<T>,
): T {
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(text));
  } catch (cause) {
    throw new LockstepError(
      'RESULT_NOT_JSON',
      `${name}: expected the JSON of a lockstep result, got ${shown(text)}, which is not JSON${lineIn(text, cause)}. Check whether the file is truncated, or is another file.`,
      { cause },
    );
  }
  checkVersion(value, name, version);
  const parsed = schema.safeParse(complete(value));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues;
  const first = issues[0];
  const { kind, command = kind } = value as { readonly kind?: unknown; readonly command?: unknown };
  if ((first?.path[0] === 'command' || first?.path[0] === 'kind') && typeof command === 'string')
    throw new LockstepError(
      'RESULT_INVALID',
      `${name}: expected another kind of result, got one of ${cut(JSON.stringify(command))}. Name the folder of another run.`,
    );
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  throw new LockstepError(
    'RESULT_INVALID',
    `${name}: ${first?.path.join('.') || 'the result'}: ${first?.message ?? 'invalid'}${more}. ` +
      'Run it again, or render it with the version of lockstep that wrote it.',
  );
}

function checkVersion(value: unknown, name: string, expected: number): void {
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined;
  if (version === expected) return;
  const came = version === undefined ? 'none' : cut(JSON.stringify(version));
  const newer = typeof version === 'number' && version > expected;
  throw new LockstepError(
    'RESULT_VERSION',
    `${name}: expected schemaVersion ${expected}, got ${came}. ` +
      (newer
        ? 'A newer lockstep wrote it: update lockstep.'
        : 'It is no result of this lockstep: name a folder that lockstep has written.'),
  );
}

function shown(text: string): string {
  return text.trim() === '' ? 'nothing' : cut(JSON.stringify(text));
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const renderer: Renderer = {
  file: ({ json }) => json,
  contents: 'the result itself',
  render: ({ json }) => json,
};
export default renderer;
