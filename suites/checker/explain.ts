/** Explains why a key is illegal: a smaller illegal history, and the longest order that contains each operation. */
import { findCore } from './core.ts';
import type { SequentialModel } from './operation.ts';
import { collectPartials } from './partials.ts';
import { prefixOf } from './prefix.ts';
import type { CheckVerdict, KeyResult } from './result.ts';
import type { Meter } from './search/meter.ts';
import { runInSlices } from './search/inSlices.ts';
import { Search } from './search/search.ts';

/** With more operations, an order for each of them is more than anybody reads. */
const MAX_PARTIALS_OPERATIONS = 5000;

export interface ExplainLimits {
  readonly meter: Meter;
  /** Milliseconds from any origin. */
  readonly clock: () => number;
  /** The time by which everything must be done. */
  readonly until: number;
  readonly isStopped: () => boolean;
}

/**
 * Adds explanations to an illegal `result` as far as time allows. Yields after each part of the work. Each question has
 * its own share of the time and passes on what is left of it. Otherwise the core of a large key would take all of it.
 */
export function* explain<Input, State>(
  model: SequentialModel<Input, State>,
  result: KeyResult<Input, State>,
  { meter, clock, until, isStopped }: ExplainLimits,
): Generator<void, KeyResult<Input, State>, void> {
  const { operations, initial } = result;
  const oneOf = (shares: number): (() => boolean) => {
    const end = clock() + (until - clock()) / shares;
    return () => isStopped() || clock() >= end;
  };
  const versions = result.versions && {
    ...result.versions,
    withoutRevisions: yield* searchBlindly(model, result, meter, oneOf(3)),
  };
  const core = yield* findCore({ model, initial, operations, meter, isOver: oneOf(2) });
  const partials =
    operations.length > MAX_PARTIALS_OPERATIONS ? undefined : collectPartials(operations.length);
  const again = new Search(model, operations, initial, meter, partials?.onDeadEnd);
  yield* runInSlices(again, Infinity, oneOf(1));
  again.release();
  const explanation =
    core === undefined ? {} : { explanation: { core, ...(partials && { partials: partials.finish() }) } };
  const reached = result.reached ?? prefixOf(model, operations, again.reached());
  return { ...result, reached, ...(versions && { versions }), ...explanation };
}

/** What a search finds in the operations without the information that the version order uses. */
function* searchBlindly<Input, State>(
  model: SequentialModel<Input, State>,
  { operations, initial }: KeyResult<Input, State>,
  meter: Meter,
  isOver: () => boolean,
): Generator<void, CheckVerdict, void> {
  const blinded = operations.map((operation) => model.blind?.(operation) ?? operation);
  const search = new Search(model, blinded, initial, meter);
  const state = yield* runInSlices(search, Infinity, isOver);
  search.release();
  return state === 'ok' || state === 'illegal' ? state : 'unknown';
}
