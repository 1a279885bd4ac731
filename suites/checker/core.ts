/**
 * Makes an illegal history smaller, by moves after which "illegal" still proves that the whole was. The history up
 * to some time is legal if the whole is, with what was open then of unknown outcome. So is a history without an
 * observation, and one in which something is known to have happened within a longer time, or is not known to have
 * happened. Deleting a write is no such move: whoever saw it would be wrong.
 */
import type { Operation, SequentialModel } from './operation.ts';
import type { Core } from './result.ts';
import { prefixOf } from './prefix.ts';
import type { Meter } from './search/meter.ts';
import { Search } from './search/search.ts';

/** Steps that one try may take: this many, or a few times what the illegal history itself took. */
const TRY_STEPS = 50_000;
const TRY_FACTOR = 4;
const MAX_TRY_STEPS = 2_000_000;

export interface CoreTask<Input, State> {
  readonly model: SequentialModel<Input, State>;
  readonly initial: State;
  /** Illegal; their places are their ids. */
  readonly operations: readonly Operation<Input>[];
  readonly meter: Meter;
  readonly isOver: () => boolean;
}

type Operations<Input> = readonly Operation<Input>[];

/** Yields after each try. Undefined: the budget was too small to show even that the whole is illegal. */
export function* findCore<Input, State>(
  task: CoreTask<Input, State>,
): Generator<void, Core<Input> | undefined, void> {
  const { operations, model } = task;
  const whole = refute(task, operations, MAX_TRY_STEPS);
  yield;
  if (whole === undefined) return undefined;
  const shrinker = new Shrinker(task, whole.steps);
  let core = yield* shrinker.shortestPrefix(operations);
  core = yield* shrinker.shrink(core, (operation) => model.isObservation(operation), drop);
  // An observation that has to stay is one by its answer.
  const isWrite = (operation: Operation<Input>): boolean => !model.isObservation(operation);
  core = yield* shrinker.shrink(core, isWrite, free);
  core = yield* shrinker.shrink(core, isWrite, forget);
  // When it ended and began may not matter, of anything.
  for (const move of [openEnd, openStart]) core = yield* shrinker.shrink(core, () => true, move);
  return finish(task, core, shrinker);
}

function finish<Input, State>(
  task: CoreTask<Input, State>,
  core: Operations<Input>,
  shrinker: Shrinker<Input, State>,
): Core<Input> | undefined {
  const renumbered = renumber(core);
  const shown = refute(task, renumbered, MAX_TRY_STEPS);
  if (shown === undefined) return undefined;
  return {
    operations: renumbered,
    origins: core.map((operation) => operation.id),
    minimal: shrinker.isComplete,
    prefix: prefixOf(task.model, renumbered, shown.reached()),
  };
}

/** What an operation becomes; undefined: it is left out. */
type Move = <Input>(operation: Operation<Input>) => Operation<Input> | undefined;

const drop: Move = () => undefined;
const forget: Move = (operation) => ({ ...operation, return: Infinity, optional: true });
const free: Move = (operation) => ({ ...operation, call: -Infinity, return: Infinity, optional: true });
const openEnd: Move = (operation) => ({ ...operation, return: Infinity });
const openStart: Move = (operation) => ({ ...operation, call: -Infinity });

class Shrinker<Input, State> {
  /** Whether no move was given up for want of time or steps. */
  isComplete = true;
  private readonly task: CoreTask<Input, State>;
  private readonly trySteps: number;

  constructor(task: CoreTask<Input, State>, steps: number) {
    this.task = task;
    this.trySteps = Math.min(MAX_TRY_STEPS, Math.max(TRY_STEPS, steps * TRY_FACTOR));
  }

  /** Every history that starts with an illegal one is illegal, so the shortest can be bisected. */
  *shortestPrefix(operations: Operations<Input>): Generator<void, Operations<Input>, void> {
    const ends = [...new Set(operations.map((operation) => operation.return))].filter(Number.isFinite);
    ends.sort((a, b) => a - b);
    let core = operations;
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const shorter = this.until(operations, ends[middle] as number);
      if (this.isIllegal(shorter)) {
        core = shorter;
        high = middle;
      } else low = middle + 1;
      yield;
    }
    return core === operations && ends.length > 0 ? this.until(operations, ends[high] as number) : core;
  }

  /** Applies `move` to as many of the operations that `applies` to as it can, many at a time first. */
  *shrink(
    from: Operations<Input>,
    applies: (operation: Operation<Input>) => boolean,
    move: Move,
  ): Generator<void, Operations<Input>, void> {
    let core = from;
    let open = core.filter((operation) => applies(operation) && changes(operation, move)).map(({ id }) => id);
    for (let size = open.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      const kept: number[] = [];
      for (let at = 0; at < open.length; at += size) {
        // Not only in each try: with many operations the moves alone take long.
        if (this.isOver()) return core;
        const chunk = open.slice(at, at + size);
        const smaller = moved(core, new Set(chunk), move);
        if (this.isIllegal(smaller)) core = smaller;
        else kept.push(...chunk);
        yield;
      }
      open = kept;
    }
    return core;
  }

  /** Time that is over leaves moves untried. */
  private isOver(): boolean {
    const isOver = this.task.isOver();
    if (isOver) this.isComplete = false;
    return isOver;
  }

  private isIllegal(operations: Operations<Input>): boolean {
    if (this.isOver()) return false;
    const { model, initial, meter } = this.task;
    const search = new Search(model, renumber(operations), initial, meter);
    const state = search.run(this.trySteps);
    search.release();
    if (state === 'working' || state === 'memory') this.isComplete = false;
    return state === 'illegal';
  }

  /** The history up to `end`: what was called later is not there, what was open is of unknown outcome. */
  private until(operations: Operations<Input>, end: number): Operations<Input> {
    const { model } = this.task;
    return operations.flatMap((operation) => {
      if (operation.call > end) return [];
      if (operation.return <= end || operation.optional) return [operation];
      return model.isObservation(operation) ? [] : (forget(operation) ?? []);
    });
  }
}

function changes<Input>(operation: Operation<Input>, move: Move): boolean {
  const after = move(operation);
  return (
    after === undefined ||
    after.call !== operation.call ||
    after.return !== operation.return ||
    after.optional !== operation.optional
  );
}

function moved<Input>(
  operations: Operations<Input>,
  ids: ReadonlySet<number>,
  move: Move,
): Operations<Input> {
  return operations.flatMap((operation) => (ids.has(operation.id) ? (move(operation) ?? []) : [operation]));
}

function renumber<Input>(operations: Operations<Input>): Operations<Input> {
  return operations.map((operation, id) => ({ ...operation, id }));
}

/** The search that shows the operations to be illegal; undefined when it does not, within the steps. */
function refute<Input, State>(
  { model, initial, meter }: CoreTask<Input, State>,
  operations: Operations<Input>,
  maxSteps: number,
): Search<Input, State> | undefined {
  const search = new Search(model, operations, initial, meter);
  const state = search.run(maxSteps);
  search.release();
  return state === 'illegal' ? search : undefined;
}
