/** A result as JSON text, and back. */
import { SCHEMA_VERSION, type RunResult } from './model.ts';
import { completeOlderResult } from './olderResult.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { lineIn } from '../scenarios/jsonText.ts';
import { withoutMark } from '../scenarios/textFile.ts';
import { runResultSchema } from './schema/result.ts';

/** The result as JSON, ending in a newline. Values that JSON lacks (in a program's arguments) are tagged. */
export function renderJson(result: RunResult): string {
  return `${JSON.stringify(result, tagged, 2)}\n`;
}

/** With the tags that hosts speak: `1n` as `{"$":"bigint","v":"1"}`, NaN and undefined elements likewise. */
function tagged(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $: 'bigint', v: value.toString() };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $: 'number', v: String(value) };
  if (value === undefined && Array.isArray(this)) return { $: 'undefined' };
  return value;
}

/**
 * The result that `text` holds. Strict: unknown fields are refused, as they would be lost on the way. What older versions
 * did not record is derived where it can be.
 * Errors: RESULT_NOT_JSON, RESULT_VERSION, RESULT_INVALID.
 *
 * @param name How to call the file in messages.
 */
export function parseRunResult(text: string, name = 'result.json'): RunResult {
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(text));
  } catch (cause) {
    throw new LockstepError(
      'RESULT_NOT_JSON',
      `${name}: expected the JSON of a lockstep result, got ${shown(text)}, which is none${lineIn(text, cause)}. Is it cut off, or another file?`,
      { cause },
    );
  }
  checkVersion(value, name);
  const parsed = runResultSchema.safeParse(completeOlderResult(value));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues;
  const first = issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  throw new LockstepError(
    'RESULT_INVALID',
    `${name}: ${first?.path.join('.') || 'the result'}: ${first?.message ?? 'invalid'}${more}. ` +
      'Record the run again, or render it with the version of lockstep that wrote it.',
  );
}

function checkVersion(value: unknown, name: string): void {
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined;
  if (version === SCHEMA_VERSION) return;
  const came = version === undefined ? 'none' : cut(JSON.stringify(version));
  const newer = typeof version === 'number' && version > SCHEMA_VERSION;
  throw new LockstepError(
    'RESULT_VERSION',
    `${name}: expected schemaVersion ${SCHEMA_VERSION}, got ${came}. ` +
      (newer
        ? 'A newer lockstep wrote it: update lockstep.'
        : 'It is no result of this lockstep: name a folder that certify, load or judge has written.'),
  );
}

function shown(text: string): string {
  return text.trim() === '' ? 'nothing' : cut(JSON.stringify(text));
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
