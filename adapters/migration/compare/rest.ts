/**
 * Which of the records that two sides were seen to have differently do differ. Between the reads of the two sides somebody
 * may have written, and a copy may be under way: a difference is one that rests while nothing is owed for its record.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, MovedKind, SideDifference, Unread } from '../../contract/index.ts';
import type { OwedLooks } from './debts.ts';
import { unreadIn, type ComparedSide, type SideName } from './reads.ts';
import type { Row } from '../sides/kinds.ts';
import { same } from '../sides/sides.ts';

export interface Pair {
  readonly from: ComparedSide;
  readonly to: ComparedSide;
}

export interface Candidate {
  readonly kind: MovedKind;
  readonly id: string;
  /** The id before it, on either side. */
  readonly after: string | undefined;
}

export interface Judged {
  readonly differences: readonly SideDifference[];
  readonly unread: readonly Unread[];
  /** How many owe a copy. */
  readonly debts: number;
}

/** Times in milliseconds: between two looks, at first and at most, and after which a record has had its chance to rest. */
const FIRST_PAUSE_MS = 5;
const LAST_PAUSE_MS = 50;
const LEAST_CHANCE_MS = 1000;
/** So often the time that a copy takes passes before a difference is one. */
const RESTS = 2;
const CHANCES = 10;

interface Looked {
  readonly from: Row | undefined;
  readonly to: Row | undefined;
}

/** A candidate, and what the looks at it have shown. */
interface Watched extends Candidate {
  seen: (Looked & { readonly sinceMs: number }) | undefined;
  /** What the deciding side had at earlier looks, as long as the other one does not rest. */
  readonly past: Row[];
}

type Verdict = 'same' | 'debt' | 'open' | SideDifference | Unread;

/** The candidates that differ, that cannot be read, or that never rest. The others are alike, or owe a copy. */
export async function judge(
  candidates: readonly Candidate[],
  { from, to }: Pair,
  debts: OwedLooks,
): Promise<Judged> {
  const differences: SideDifference[] = [];
  const unread: Unread[] = [];
  let owing = 0;
  let open: Watched[] = candidates.map((one) => ({ ...one, seen: undefined, past: [] }));
  const began = performance.now();
  for (let pause = FIRST_PAUSE_MS; open.length > 0; pause = Math.min(2 * pause, LAST_PAUSE_MS)) {
    // Before the records: what is written from now on is owed when they are looked at again.
    await debts.look();
    const still: Watched[] = [];
    for (const one of open) {
      const verdict = await lookAt(one, { from, to }, debts);
      if (verdict === 'open') still.push(one);
      else if (verdict === 'debt') owing += 1;
      else if (typeof verdict !== 'string') ('what' in verdict ? differences : unread).push(verdict as never);
    }
    open = still;
    if (open.length === 0) break;
    if (performance.now() - began > chanceMs({ from, to }, debts)) {
      const changing = open.filter(({ kind, id }) => !debts.owes(kind, id));
      unread.push(...changing.map((one) => restless(one, to.name)));
      owing += open.length - changing.length;
      break;
    }
    await sleep(pause);
  }
  return { differences, unread, debts: owing };
}

export function restMs({ from, to }: Pair, debts: OwedLooks): number {
  return RESTS * debts.lagMs(Math.max(from.slowestMs, to.slowestMs));
}

/** After which what has not come to rest is given up. */
export function chanceMs(pair: Pair, debts: OwedLooks): number {
  return Math.max(LEAST_CHANCE_MS, CHANCES * restMs(pair, debts));
}

async function lookAt(one: Watched, pair: Pair, debts: OwedLooks): Promise<Verdict> {
  const { kind, id, after } = one;
  let now: Looked;
  try {
    now = { from: await pair.from.record(kind, id, after), to: await pair.to.record(kind, id, after) };
  } catch (error) {
    return { ...unreadIn(error), id };
  }
  if (same(now.from, now.to) || follows(one, now)) return 'same';
  if (debts.lasts(kind, id)) return 'debt';
  const { seen } = one;
  const rests = seen !== undefined && same(seen.from, now.from) && same(seen.to, now.to);
  if (!rests || debts.owes(kind, id)) {
    if (now.from !== undefined) one.past.push(now.from);
    one.seen = { ...now, sinceMs: performance.now() };
    return 'open';
  }
  if (performance.now() - seen.sinceMs < restMs(pair, debts)) return 'open';
  return differenceOf(one, now, pair);
}

/**
 * Whether the other side has come, since it was first looked at, to something that the deciding side had then: of a record
 * that is written again and again both may never be seen alike, and a copy that arrives shows as much.
 */
function follows({ seen, past }: Watched, { to }: Looked): boolean {
  if (seen === undefined || to === undefined || same(seen.to, to)) return false;
  return past.some((earlier) => same(earlier, to));
}

function restless({ kind, id }: Candidate, from: SideName): Unread {
  return {
    kind,
    id,
    from,
    reason: 'It changed at every look, and no copy was seen to arrive. Compare again.',
  };
}

function differenceOf({ kind, id }: Candidate, now: Looked, pair: Pair): SideDifference {
  const { from, to } = now;
  if (to === undefined) return { kind, id, what: 'missing' };
  if (from === undefined) return { kind, id, what: 'extra' };
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .filter((field) => !same(from[field], to[field]));
  const values = fields.map((field) => [field, named(pair, from[field], to[field])]);
  return { kind, id, what: 'differs', fields, values: Object.fromEntries(values) };
}

/** What each side has, by the sides' names. */
export function named({ from, to }: Pair, ofFrom: unknown, ofTo: unknown): { old?: Json; new?: Json } {
  return {
    ...(ofFrom === undefined ? {} : { [from.name]: ofFrom as Json }),
    ...(ofTo === undefined ? {} : { [to.name]: ofTo as Json }),
  };
}
