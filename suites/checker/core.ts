/**
 * Makes an illegal history smaller. After each move, an illegal result still proves that the original was illegal,
 * because these histories are legal if the original is: its beginning up to some time, with operations that were open
 * then as unknown; the history without an observation; and the history in which an operation has a longer time, or an
 * unknown outcome. Deleting a write is not such a move, because its readers would become illegal.
 */
import type { Operation, SequentialModel } from './operation.ts';
import type { Core } from './result.ts';
import { prefixOf } from './prefix.ts';
import type { Meter } from './search/meter.ts';
import { runInSlices } from './search/inSlices.ts';
import { Search, type Reached, type SearchState } from './search/search.ts';

/** The most steps of one attempt: this many, or a few times as many as the illegal history itself took. */
const TRY_STEPS = 50_000;
const TRY_FACTOR = 4;
const MAX_TRY_STEPS = 2_000_000;

export interface CoreTask<Input, State> {
  readonly model: SequentialModel<Input, State>;
  readonly initial: State;
  /** An illegal history. The index of each operation is its id. */
  readonly operations: readonly Operation<Input>[];
  readonly meter: Meter;
  readonly isOver: () => boolean;
}

type Operations<Input> = readonly Operation<Input>[];

/**
 * Yields after each slice of an attempt. When the time is over, it returns the smallest history so far. Undefined: the
 * budget did not even suffice to show that the whole is illegal.
 */
export function* findCore<Input, State>(
  task: CoreTask<Input, State>,
): Generator<void, Core<Input> | undefined, void> {
  const { operations, model } = task;
  const whole = yield* refute(task, operations, MAX_TRY_STEPS);
  if (whole.reached === undefined) return undefined;
  const shrinker = new Shrinker(task, whole.reached, whole.steps);
  yield* shrinker.shortestPrefix();
  yield* shrinker.shrink((operation) => model.isObservation(operation), drop);
  // An observation that must stay is only relevant for its answer.
  const isWrite = (operation: Operation<Input>): boolean => !model.isObservation(operation);
  yield* shrinker.shrink(isWrite, free);
  yield* shrinker.shrink(isWrite, forget);
  // For any operation, the time of its end or its beginning may be irrelevant.
  for (const move of [openEnd, openStart]) yield* shrinker.shrink(() => true, move);
  const { core, reached, isComplete } = shrinker;
  const renumbered = renumber(core);
  return {
    operations: renumbered,
    origins: core.map((operation) => operation.id),
    minimal: isComplete,
    prefix: prefixOf(model, renumbered, reached),
  };
}

/** Changes one operation. Undefined: removes it. */
type Move = <Input>(operation: Operation<Input>) => Operation<Input> | undefined;

const drop: Move = () => undefined;
const forget: Move = (operation) => ({ ...operation, return: Infinity, optional: true });
const free: Move = (operation) => ({ ...operation, call: -Infinity, return: Infinity, optional: true });
const openEnd: Move = (operation) => ({ ...operation, return: Infinity });
const openStart: Move = (operation) => ({ ...operation, call: -Infinity });

class Shrinker<Input, State> {
  /** The smallest history that was shown to be illegal, and how far that search came. */
  core: Operations<Input>;
  reached: Reached<State>;
  /** Whether no move was given up for lack of time or steps. */
  isComplete = true;
  private readonly task: CoreTask<Input, State>;
  private readonly trySteps: number;

  /**
   * `reached`: how far the search came that showed the whole history to be illegal. `steps`: how many steps it took.
   */
  constructor(task: CoreTask<Input, State>, reached: Reached<State>, steps: number) {
    this.task = task;
    this.core = task.operations;
    this.reached = reached;
    this.trySteps = Math.min(MAX_TRY_STEPS, Math.max(TRY_STEPS, steps * TRY_FACTOR));
  }

  /** Every history with an illegal beginning is illegal, so the shortest beginning can be found by bisection. */
  *shortestPrefix(): Generator<void, void, void> {
    const { operations } = this.task;
    const ends = [...new Set(operations.map((operation) => operation.return))].filter(Number.isFinite);
    ends.sort((a, b) => a - b);
    let low = 0;
    let high = ends.length - 1;
    // The last one is tried as well, because that removes what was called after it.
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (yield* this.keepIfIllegal(this.until(operations, ends[middle] as number))) high = middle - 1;
      else low = middle + 1;
    }
  }

  /** Applies `move` to as many as possible of the operations that `applies` accepts, at first to many at once. */
  *shrink(applies: (operation: Operation<Input>) => boolean, move: Move): Generator<void, void, void> {
    let open = this.core
      .filter((operation) => applies(operation) && changes(operation, move))
      .map(({ id }) => id);
    for (let size = open.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      const kept: number[] = [];
      for (let at = 0; at < open.length; at += size) {
        // Checked here as well, because with many operations the moves alone take long.
        if (this.isOver()) return;
        const chunk = open.slice(at, at + size);
        if (!(yield* this.keepIfIllegal(moved(this.core, new Set(chunk), move)))) kept.push(...chunk);
      }
      open = kept;
    }
  }

  /** If the time is over, moves remain untried. */
  private isOver(): boolean {
    const isOver = this.task.isOver();
    if (isOver) this.isComplete = false;
    return isOver;
  }

  private *keepIfIllegal(operations: Operations<Input>): Generator<void, boolean, void> {
    if (this.isOver()) return false;
    const { state, reached } = yield* refute(this.task, renumber(operations), this.trySteps);
    if (state === 'working' || state === 'memory') this.isComplete = false;
    if (reached === undefined) return false;
    this.core = operations;
    this.reached = reached;
    return true;
  }

  /** The history up to `end`: without operations that were called later, and with open ones as unknown. */
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

interface Refutation<State> {
  readonly state: SearchState;
  readonly steps: number;
  /** How far an illegal history can be explained. */
  readonly reached?: Reached<State>;
}

/** Whether the operations can be shown to be illegal within the given steps. Yields at least once. */
function* refute<Input, State>(
  { model, initial, meter, isOver }: CoreTask<Input, State>,
  operations: Operations<Input>,
  maxSteps: number,
): Generator<void, Refutation<State>, void> {
  const search = new Search(model, operations, initial, meter);
  const state = yield* runInSlices(search, maxSteps, isOver);
  search.release();
  yield;
  const { steps } = search;
  return state === 'illegal' ? { state, steps, reached: search.reached() } : { state, steps };
}
