/** Checks that a write answers with the record as it is stored, and that every read shows the same record. */
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Method } from '../../../scenarios/host/language/program.ts';
import { valueOf } from './observe.ts';
import type { Failure } from '../engine/property.ts';
import { firstDifference, literal } from './same.ts';

/** The failure that the write behind `answer` returned something other than what was read afterwards. */
export function answeredOtherwise(method: Method, answer: StepRecord, stored: unknown): Failure | undefined {
  const value = valueOf(answer);
  const answered = method === 'idempotency.putIfAbsent' ? recordIn(value) : value;
  const difference = firstDifference(stored, answered);
  if (difference === undefined) return undefined;
  const { path, expected, actual } = difference;
  const what = path === '' ? 'a record' : path;
  return {
    summary: `${method} answered with ${path === '' ? 'another record' : `another ${path}`} than the one that is stored: a caller that continues with the answer has a different record from one that reads it.`,
    expected: `the record as it is stored, ${what} ${literal(expected)}`,
    actual: `${what} ${literal(actual)}`,
    marked: [answer],
  };
}

/** The failure that two reads show a record differently. `shows`: `The scan shows a job`. `other`: `get`. */
export function shownOtherwise(
  { shows, other }: { readonly shows: string; readonly other: string },
  shown: { readonly value: unknown; readonly by: StepRecord },
  stored: unknown,
): Failure | undefined {
  const difference = firstDifference(stored, shown.value);
  if (difference === undefined) return undefined;
  const { path, expected, actual } = difference;
  return {
    summary: `${shows} with ${path === '' ? 'something else' : `another ${path}`} than ${other} does.`,
    expected: literal(expected),
    actual: literal(actual),
    marked: [shown.by],
  };
}

function recordIn(value: unknown): unknown {
  return (value as { readonly record?: unknown } | undefined)?.record;
}
