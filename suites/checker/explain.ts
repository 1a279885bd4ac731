/** Why a key is illegal: a smaller history that is so too, and how far each operation can be brought. */
import { findCore } from './core.ts';
import type { SequentialModel } from './operation.ts';
import { collectPartials } from './partials.ts';
import { prefixOf } from './prefix.ts';
import type { CheckVerdict, KeyResult } from './result.ts';
import type { Meter } from './search/meter.ts';
import { Search } from './search/search.ts';

/** Beyond this an order for each operation is more than anybody looks at. */
const MAX_PARTIALS_OPERATIONS = 5000;
const SLICE_STEPS = 8192;

interface Limits {
  readonly meter: Meter;
  readonly isOver: () => boolean;
}

/** Adds to an illegal `result` what there is time for. Yields after each part of the work. */
export function* explain<Input, State>(
  model: SequentialModel<Input, State>,
  result: KeyResult<Input, State>,
  limits: Limits,
): Generator<void, KeyResult<Input, State>, void> {
  const { operations, initial } = result;
  const { meter, isOver } = limits;
  const core = yield* findCore({ model, initial, operations, meter, isOver });
  const partials =
    operations.length > MAX_PARTIALS_OPERATIONS ? undefined : collectPartials(operations.length);
  const again = new Search(model, operations, initial, meter, partials?.onDeadEnd);
  yield* runUntil(again, isOver);
  again.release();
  const explanation =
    core === undefined ? {} : { explanation: { core, ...(partials && { partials: partials.finish() }) } };
  const reached = result.reached ?? prefixOf(model, operations, again.reached());
  const versions = result.versions && {
    ...result.versions,
    withoutRevisions: yield* searchBlindly(model, result, limits),
  };
  return { ...result, reached, ...(versions && { versions }), ...explanation };
}

/** What a search says of the operations without what the version order went by. */
function* searchBlindly<Input, State>(
  model: SequentialModel<Input, State>,
  { operations, initial }: KeyResult<Input, State>,
  { meter, isOver }: Limits,
): Generator<void, CheckVerdict, void> {
  const blinded = operations.map((operation) => model.blind?.(operation) ?? operation);
  const search = new Search(model, blinded, initial, meter);
  const state = yield* runUntil(search, isOver);
  search.release();
  return state;
}

function* runUntil<Input, State>(
  search: Search<Input, State>,
  isOver: () => boolean,
): Generator<void, CheckVerdict, void> {
  while (!isOver()) {
    const state = search.run(SLICE_STEPS);
    if (state !== 'working') return state === 'memory' ? 'unknown' : state;
    yield;
  }
  return 'unknown';
}
