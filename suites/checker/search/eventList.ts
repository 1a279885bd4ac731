/**
 * Calls and returns of one key in the order of time, as a doubly linked list from which an operation is lifted when
 * it is linearized, and put back when that is undone. Operations that need not take effect have no return in it.
 */
import type { Operation } from '../operation.ts';

export class EventList {
  /** Of `next`, for the first event; of a call it is the operation's id, of a return `count` more. */
  readonly head: number;
  readonly count: number;
  readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly optional: Uint8Array;

  /** Ids are places in `operations`. */
  constructor(operations: readonly Operation[]) {
    const count = operations.length;
    this.count = count;
    this.head = 2 * count;
    this.next = new Int32Array(2 * count + 2);
    this.previous = new Int32Array(2 * count + 2);
    this.optional = Uint8Array.from(operations, (operation) => (operation.optional ? 1 : 0));
    let last = this.head;
    for (const event of eventsInOrder(operations)) {
      this.next[last] = event;
      this.previous[event] = last;
      last = event;
    }
    // A tail, so that lifting needs no special case.
    this.next[last] = 2 * count + 1;
    this.previous[2 * count + 1] = last;
  }

  static bytesFor(count: number): number {
    return 17 * count;
  }

  lift(operation: number): void {
    this.unlink(operation);
    if (this.optional[operation] === 0) this.unlink(operation + this.count);
  }

  /** Undoes the last lift that was not undone. */
  unlift(operation: number): void {
    if (this.optional[operation] === 0) this.link(operation + this.count);
    this.link(operation);
  }

  private unlink(event: number): void {
    const { next, previous } = this;
    const before = previous[event] as number;
    const after = next[event] as number;
    next[before] = after;
    previous[after] = before;
  }

  private link(event: number): void {
    const { next, previous } = this;
    next[previous[event] as number] = event;
    previous[next[event] as number] = event;
  }
}

/** Ids of the operations in the order of their calls. */
export function byCall(operations: readonly Operation[]): Int32Array {
  return sortedBy(operations, (operation) => operation.call);
}

function* eventsInOrder(operations: readonly Operation[]): Generator<number> {
  const count = operations.length;
  const calls = byCall(operations);
  const returns = sortedBy(operations, (operation) => operation.return);
  let nextCall = 0;
  for (const returning of returns) {
    const { return: end, optional } = operations[returning] as Operation;
    // Calls come before returns at equal times: operations that touch are concurrent.
    while (nextCall < count && (operations[calls[nextCall] as number] as Operation).call <= end)
      yield calls[nextCall++] as number;
    if (!optional) yield returning + count;
  }
}

function sortedBy(operations: readonly Operation[], time: (operation: Operation) => number): Int32Array {
  const times = Float64Array.from(operations, time);
  return Int32Array.from(operations.keys()).sort((a, b) => compare(times[a], times[b]) || a - b);
}

/** Infinity is equal to itself, which a difference would not say. */
function compare(a: number | undefined, b: number | undefined): number {
  return (a as number) < (b as number) ? -1 : a === b ? 0 : 1;
}
