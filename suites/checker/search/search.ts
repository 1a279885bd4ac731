/**
 * The search of Wing and Gong with Lowe's memo, over one key: takes operations in every order that real time allows,
 * one that may come next at a time, and goes back where the model refuses all of them. It works in slices, so that
 * many keys can be searched in turns.
 *
 * One addition: an observation that may come next and is explained by the state at hand is taken there, and no other
 * choice is tried in its place. It changes nothing, so whatever order works without it works with it in front.
 */
import type { Operation, SequentialModel } from '../operation.ts';
import { Bitset } from './bitset.ts';
import { EventList } from './eventList.ts';
import { Memo } from './memo.ts';
import type { Meter } from './meter.ts';
import { NO_ROOM, REFUSED, Transitions } from './transitions.ts';

/** `working`: the slice is over. `memory`: the budget has no room to go on. */
export type SearchState = 'working' | 'ok' | 'illegal' | 'memory';

/** Called at each dead end with the ids that were taken, in order: the first `depth` of `taken`. */
export type DeadEndListener = (taken: Int32Array, depth: number) => void;

/** A longest order that was reached: with the most operations that must take effect, and then the fewest others. */
export interface Reached<State> {
  readonly order: number[];
  readonly state: State;
}

export class Search<Input, State> {
  /** How often the model was asked, looked up or not. */
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

  /** What was taken so far, and the state before each. */
  private readonly taken: Int32Array;
  private readonly before: Int32Array;
  private depth = 0;
  private state = 0;
  private at: number;
  /** Operations that must take effect and are not taken. */
  private left: number;

  private readonly best: Int32Array;
  private bestDepth = 0;
  private bestState = 0;
  private bestLeft = Infinity;
  /** Up to here `taken` and `best` are the same. */
  private shared = 0;

  /** Ids are places in `operations`. Without room for a start the first slice ends with `memory`. */
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

  /** Goes on for about so many steps of the model. */
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

  /** The order that was found, when the answer is `ok`. */
  order(): number[] {
    return Array.from(this.taken.subarray(0, this.depth));
  }

  reached(): Reached<State> {
    return {
      order: Array.from(this.best.subarray(0, this.bestDepth)),
      state: this.transitions.states[this.bestState] as State,
    };
  }

  /** Gives its memory back to the meter. The search is over. */
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
    // After an observation there is nothing to remember: it is the only way on from where it was taken.
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

  /** An operation must come next, by real time, and none of those that may can. */
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
    // Of orders that get equally far the shorter one: it holds less that only might have happened.
    if (this.left > this.bestLeft || (this.left === this.bestLeft && this.depth >= this.bestDepth)) return;
    this.best.set(this.taken.subarray(this.shared, this.depth), this.shared);
    this.shared = this.depth;
    this.bestDepth = this.depth;
    this.bestState = this.state;
    this.bestLeft = this.left;
  }
}

function startBytes(count: number): number {
  // Three lists of ids and two of flags beside the parts.
  const own = 14 * count;
  return (
    own + EventList.bytesFor(count) + Bitset.bytesFor(count) + Memo.FIRST_BYTES + Transitions.bytesFor(count)
  );
}
