/**
 * The search of Wing and Gong with Lowe's memo, for one key. It takes operations one at a time in every order that real
 * time allows, and goes back if the model refuses all candidates. It runs in slices, so that many keys can be searched
 * in turn.
 *
 * One addition: if an observation may come next and the current state explains it, it is taken, and no alternative is
 * tried. It changes nothing, so any order that works without it also works with it in front.
 */
import type { Operation, SequentialModel } from '../operation.ts';
import { Bitset } from './bitset.ts';
import { EventList } from './eventList.ts';
import { Memo } from './memo.ts';
import type { Meter } from './meter.ts';
import { NO_ROOM, REFUSED, Transitions } from './transitions.ts';

/** `working`: the slice is over. `memory`: the budget has no room to continue. */
export type SearchState = 'working' | 'ok' | 'illegal' | 'memory';

/** Called at each dead end with the taken ids, in order: the first `depth` of `taken`. */
export type DeadEndListener = (taken: Int32Array, depth: number) => void;

/**
 * The best order that was reached: the one with the most operations that must take effect and, among these, the fewest
 * others.
 */
export interface Reached<State> {
  readonly order: number[];
  readonly state: State;
}

export class Search<Input, State> {
  /** The number of steps of the model, including those from the lookup. */
  steps = 0;
  private result: SearchState = 'working';
  private readonly list: EventList;
  private readonly set: Bitset;
  private readonly memo: Memo;
  private readonly transitions: Transitions<Input, State>;
  private readonly observes: Uint8Array;
  private readonly optional: Uint8Array;
  private readonly meter: Meter;
  private readonly started: boolean;
  private readonly onDeadEnd: DeadEndListener | undefined;

  /** The operations taken so far, and the state before each. */
  private readonly taken: Int32Array;
  private readonly before: Int32Array;
  private depth = 0;
  private state = 0;
  private at: number;
  /** The number of operations that must take effect and are not taken yet. */
  private left: number;

  private readonly best: Int32Array;
  private bestDepth = 0;
  private bestState = 0;
  private bestLeft = Infinity;
  /** `taken` and `best` are equal up to here. */
  private shared = 0;

  /** Ids are indices into `operations`. If there is no room to start, the first slice ends with `memory`. */
  constructor(
    model: SequentialModel<Input, State>,
    operations: readonly Operation<Input>[],
    initial: State,
    meter: Meter,
    onDeadEnd?: DeadEndListener,
  ) {
    const count = operations.length;
    this.meter = meter;
    this.onDeadEnd = onDeadEnd;
    this.started = meter.take(startBytes(count));
    if (!this.started) this.result = 'memory';
    this.list = new EventList(operations);
    this.set = new Bitset(operations);
    this.memo = new Memo(meter);
    this.transitions = new Transitions(model.among?.(operations) ?? model, operations, initial, meter);
    this.observes = Uint8Array.from(operations, (operation) => (model.isObservation(operation) ? 1 : 0));
    this.optional = Uint8Array.from(operations, (operation) => (operation.optional ? 1 : 0));
    this.taken = new Int32Array(count);
    this.before = new Int32Array(count);
    this.best = new Int32Array(count);
    this.left = operations.reduce((sum, operation) => sum + (operation.optional ? 0 : 1), 0);
    this.at = this.list.next[this.list.head] as number;
  }

  /** Continues for about this many steps of the model. */
  run(maxSteps: number): SearchState {
    const until = this.steps + maxSteps;
    const { list } = this;
    while (this.result === 'working' && this.steps < until) {
      if (this.left === 0) this.result = 'ok';
      else if (this.at < list.count) this.tryNext(this.at);
      else this.goBack();
    }
    return this.result;
  }

  /** The order that was found, if the answer is `ok`. */
  order(): number[] {
    return Array.from(this.taken.subarray(0, this.depth));
  }

  reached(): Reached<State> {
    return {
      order: Array.from(this.best.subarray(0, this.bestDepth)),
      state: this.transitions.states[this.bestState] as State,
    };
  }

  /** Returns its memory to the meter. The search cannot continue afterwards. */
  release(): void {
    if (!this.started) return;
    const count = this.taken.length;
    const grown = this.memo.bytes - Memo.FIRST_BYTES + this.transitions.bytes - Transitions.bytesFor(count);
    this.meter.give(startBytes(count) + grown);
  }

  private tryNext(id: number): void {
    this.steps += 1;
    const next = this.transitions.step(this.state, id);
    if (next === NO_ROOM) {
      this.result = 'memory';
      return;
    }
    if (next === REFUSED) {
      this.at = this.list.next[id] as number;
      return;
    }
    this.set.add(id);
    // An observation needs no memo: it is the only continuation of its state.
    const memo = this.observes[id] === 1 ? 'added' : this.memo.add(this.set, next);
    if (memo === 'full') this.result = 'memory';
    if (memo !== 'added') {
      this.set.remove(id);
      this.at = this.list.next[id] as number;
      return;
    }
    this.taken[this.depth] = id;
    this.before[this.depth] = this.state;
    this.depth += 1;
    this.state = next;
    if (this.optional[id] === 0) this.left -= 1;
    this.list.lift(id);
    this.at = this.list.next[this.list.head] as number;
  }

  /** Goes back: some operation must come next, and none of the candidates can. */
  private goBack(): void {
    this.keepBest();
    this.onDeadEnd?.(this.taken, this.depth);
    for (;;) {
      if (this.depth === 0) {
        this.result = 'illegal';
        return;
      }
      this.depth -= 1;
      const id = this.taken[this.depth] as number;
      this.state = this.before[this.depth] as number;
      if (this.optional[id] === 0) this.left += 1;
      this.set.remove(id);
      this.list.unlift(id);
      if (this.observes[id] === 1) continue;
      this.at = this.list.next[id] as number;
      break;
    }
    if (this.depth < this.shared) this.shared = this.depth;
  }

  private keepBest(): void {
    // Among equally good orders, prefers the shorter one, which has fewer operations that only might have happened.
    if (this.left > this.bestLeft || (this.left === this.bestLeft && this.depth >= this.bestDepth)) return;
    this.best.set(this.taken.subarray(this.shared, this.depth), this.shared);
    this.shared = this.depth;
    this.bestDepth = this.depth;
    this.bestState = this.state;
    this.bestLeft = this.left;
  }
}

function startBytes(count: number): number {
  // Besides its parts it has three lists of ids and two of flags.
  const own = 14 * count;
  return (
    own + EventList.bytesFor(count) + Bitset.bytesFor(count) + Memo.FIRST_BYTES + Transitions.bytesFor(count)
  );
}
