/** Writes answer with the record as it is stored. */
import type { Method, StepRecord } from '../../scenarios/host/program.ts';
import { valueOf } from './observe.ts';
import type { Failure } from './property.ts';
import { firstDifference, literal } from './same.ts';

/** Where the write behind `answer` answered with something else than what was read after it. */
export function answeredOtherwise(method: Method, answer: StepRecord, stored: unknown): Failure | undefined {
  const value = valueOf(answer);
  const answered = method === 'idempotency.putIfAbsent' ? recordIn(value) : value;
  const difference = firstDifference(stored, answered);
  if (difference === undefined) return undefined;
  const { path, expected, actual } = difference;
  const what = path === '' ? 'a record' : path;
  return {
    summary: `${method} answered with ${path === '' ? 'another record' : `another ${path}`} than the one that is stored: whoever goes on with the answer has something else than whoever reads it.`,
    expected: `the record as it is stored, ${what} ${literal(expected)}`,
    actual: `${what} ${literal(actual)}`,
    marked: [answer],
  };
}

function recordIn(value: unknown): unknown {
  return (value as { readonly record?: unknown } | undefined)?.record;
}
