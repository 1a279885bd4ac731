/**
 * Judges records that were seen in different states on the two sides. Somebody may have written between the two reads, or a
 * copy may be in progress. So a difference counts only if it persists while its record owes no copy.
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
  /** How many candidates owe a copy. */
  readonly debts: number;
}

/** Times in milliseconds: the first and the longest pause between two looks, and how long a record is watched at least. */
const FIRST_PAUSE_MS = 5;
const LAST_PAUSE_MS = 50;
const MIN_CHANCE_MS = 1000;
/** A difference must persist for so many times as long as a copy takes, and is watched for `CHANCES` times that. */
const RESTS = 2;
const CHANCES = 10;

interface Looked {
  readonly from: Row | undefined;
  readonly to: Row | undefined;
}

/** A candidate, and what earlier looks at it have shown. */
interface Watched extends Candidate {
  seen: (Looked & { readonly sinceMs: number }) | undefined;
  /** What the deciding side had at earlier looks. */
  readonly past: Row[];
}

type Verdict = 'same' | 'debt' | 'open' | SideDifference | Unread;

/** Finds the candidates that differ, that cannot be read, or that never stop changing. The others are equal, or owe a copy. */
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
    // Debts are read before the records. So a later write is seen as owed at the next look.
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

/** After so many milliseconds a candidate that still changes is given up. */
export function chanceMs(pair: Pair, debts: OwedLooks): number {
  return Math.max(MIN_CHANCE_MS, CHANCES * restMs(pair, debts));
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
 * Whether the other side has changed to a state that the deciding side had at an earlier look. Of a record that is written again
 * and again both sides may never be seen equal, but a copy that arrives shows that copies work.
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

/** The value of each side, by the name of the side. */
export function named({ from, to }: Pair, ofFrom: unknown, ofTo: unknown): { old?: Json; new?: Json } {
  return {
    ...(ofFrom === undefined ? {} : { [from.name]: ofFrom as Json }),
    ...(ofTo === undefined ? {} : { [to.name]: ofTo as Json }),
  };
}
