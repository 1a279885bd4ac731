/** Describes an order that cannot be continued: the state after it, and why no operation could come next. */
import type { Operation, SequentialModel } from './operation.ts';
import type { Prefix, Stuck } from './result.ts';
import type { Reached } from './search/search.ts';

export function prefixOf<Input, State>(
  model: SequentialModel<Input, State>,
  operations: readonly Operation<Input>[],
  { order, state }: Reached<State>,
): Prefix {
  const taken = new Uint8Array(operations.length);
  for (const id of order) taken[id] = 1;
  const left = operations.filter(({ id, optional }) => taken[id] === 0 && !optional);
  // Only operations that were called before the first remaining return can come next.
  const first = left.reduce((earliest, operation) => Math.min(earliest, operation.return), Infinity);
  const stuck = left
    .filter((operation) => operation.call <= first)
    .sort((a, b) => compare(a.return, b.return))
    .map((operation): Stuck => ({ operation: operation.id, why: why(model, state, operation) }));
  return { order, state: model.describe(state), stuck };
}

function why<Input, State>(
  model: SequentialModel<Input, State>,
  state: State,
  operation: Operation<Input>,
): string {
  if (model.step(state, operation) === undefined) return model.refusal(state, operation);
  return 'it could come next, but then the others never can';
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a === b ? 0 : 1;
}
