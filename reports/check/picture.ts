/** Which operations of an illegal key are drawn, and which are only told of. */
import { drawLanes, type Bar } from '../../suites/judge/findings.ts';
import type { Operation, SequentialModel } from '../../suites/checker/operation.ts';
import type { KeyResult, Prefix } from '../../suites/checker/result.ts';
import type { Lane } from '../../suites/result.ts';

/** More bars than this are not read by anybody. */
const MAX_BARS = 30;

/** A part of a key's history, or all of it, with the order that goes furthest in it. */
export interface Picture {
  readonly lanes: readonly Lane[];
  /** As they were recorded; ids of `prefix` are places in it. */
  readonly operations: readonly Operation[];
  readonly prefix: Prefix;
  /** Operations whose time and answer do not matter. They are not drawn. */
  readonly free: readonly Operation[];
  /** How many others are not drawn. */
  readonly hidden: number;
}

/**
 * The core when there is one, else the whole; drawn with the times and answers that were recorded. Undefined: the
 * budget ended before anything was known.
 */
export function pictureOf(model: SequentialModel, key: KeyResult): Picture | undefined {
  const core = key.explanation?.core;
  const prefix = core?.prefix ?? key.reached;
  if (prefix === undefined) return undefined;
  const operations = core?.origins.map((id) => key.operations[id] as Operation) ?? key.operations;
  const isFree = (place: number): boolean => {
    const weakened = core?.operations[place];
    return weakened?.optional === true && weakened.call === -Infinity;
  };
  const free = operations.filter((_, place) => isFree(place));
  const timed = operations.filter((_, place) => !isFree(place));
  const blocked = operations[prefix.stuck[0]?.operation ?? -1];
  const drawn = timed.length <= MAX_BARS ? timed : lastBefore(timed, blocked);
  const bars = drawn.map((operation): Bar => ({
    lane: `client ${operation.client}`,
    label: model.label(operation),
    from: operation.call,
    to: operation.return,
    kind: 'call',
    marked: operation === blocked,
  }));
  return { lanes: drawLanes(bars), operations, prefix, free, hidden: timed.length - drawn.length };
}

/** What happened shortly before the answer that cannot be explained. */
function lastBefore(operations: readonly Operation[], blocked: Operation | undefined): readonly Operation[] {
  return operations
    .filter((operation) => operation.call <= (blocked?.return ?? Infinity))
    .sort((a, b) => a.call - b.call)
    .slice(-MAX_BARS);
}
