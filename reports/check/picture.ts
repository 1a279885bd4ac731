/** Decides which operations of an illegal key are drawn, and which are only mentioned. */
import { drawLanes, type Bar } from '../../suites/judge/findings.ts';
import type { Operation, SequentialModel } from '../../suites/checker/operation.ts';
import type { KeyResult, Prefix } from '../../suites/checker/result.ts';
import type { Lane } from '../../suites/result.ts';

/** Nobody reads more bars than this. */
const MAX_BARS = 30;

/** A part of a key's history, or the whole, with the longest legal order in it. */
export interface Picture {
  readonly lanes: readonly Lane[];
  /** The operations as they were recorded. Ids in `prefix` are indices into this list. */
  readonly operations: readonly Operation[];
  readonly prefix: Prefix;
  /** Operations whose time and answer do not matter. They are not drawn. */
  readonly free: readonly Operation[];
  /** The number of other operations that are not drawn. */
  readonly hidden: number;
}

/**
 * The core if there is one, else the whole, drawn with the recorded times and answers. Undefined: the budget ended
 * before anything was known.
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

/** What happened shortly before the answer that no order explains. */
function lastBefore(operations: readonly Operation[], blocked: Operation | undefined): readonly Operation[] {
  return operations
    .filter((operation) => operation.call <= (blocked?.return ?? Infinity))
    .sort((a, b) => a.call - b.call)
    .slice(-MAX_BARS);
}
