/**
 * Compares lists as sequences. Behind the deciding side's cursors the other side must continue with the same records in the same
 * order. Records that are missing, or that owe a copy, do not count here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MovedKind, SideDifference, Unread } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import type { OwedLooks } from './debts.ts';
import { idOf, unreadIn, type PageRead } from './reads.ts';
import { chanceMs, named, restMs, type Pair } from './rest.ts';
import { everyRow, same } from '../sides/sides.ts';

const PAUSE_MS = 10;

export interface ComparedList {
  readonly kind: MovedKind;
  /** The value that selects a list of the kind. Undefined: the list of all records. */
  readonly selected: string | undefined;
  /** How many rows a page has. */
  readonly limit: number;
  /** Where the list is read from, and for how many pages. Default: from the start to the end. */
  readonly start?: string | undefined;
  readonly pages?: number;
  /** Records that are known to differ. Their places in a list are not compared. */
  readonly named: ReadonlySet<string>;
}

/** The first page of the list that differs, or cannot be read. Undefined: there is none. */
export async function orderDifference(
  list: ComparedList,
  pair: Pair,
  debts: OwedLooks,
): Promise<SideDifference | Unread | undefined> {
  const { kind, selected, limit, start, pages = Infinity } = list;
  const from = pair.from.list(kind, selected);
  const to = pair.to.list(kind, selected);
  if (from === undefined || to === undefined) return undefined;
  let cursor = start;
  let last = '';
  let left = pages;
  try {
    do {
      const page = await followed({ from, to }, list, debts, cursor);
      const parting = page.parting && (await lastingParting({ from, to }, { list, cursor, pair }, debts));
      if (parting === 'restless')
        return { kind, from: pair.to.name, reason: 'Its list changed at every look. Compare again.' };
      if (parting !== undefined) {
        const values = { id: named(pair, parting.from, parting.to) };
        return { kind, id: page.first ?? last, what: 'order', values, limit };
      }
      last = page.last ?? last;
      cursor = page.nextCursor;
      left -= 1;
    } while (cursor !== undefined && left > 0);
  } catch (error) {
    return unreadIn(error);
  }
  return undefined;
}

interface Reads {
  readonly from: PageRead;
  readonly to: PageRead;
}

/** Where the lists diverge: the id that comes next on each side. Undefined: nothing comes next. */
interface Parting {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

interface Followed {
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly nextCursor: string | undefined;
  readonly parting: Parting | undefined;
}

/** A page of the deciding side, and where the other side diverges from it behind the same cursor. */
async function followed(
  { from, to }: Reads,
  { kind, limit, named: known }: ComparedList,
  debts: OwedLooks,
  cursor: string | undefined,
): Promise<Followed> {
  const page = await from({ limit, ...defined({ cursor }) });
  const ids = page.items.map(idOf);
  const counts = (id: string): boolean => !known.has(id) && !debts.owes(kind, id);
  const wanted = ids.filter(counts);
  const isLast = page.nextCursor === undefined;
  let at = 0;
  let parting: Parting | undefined;
  if (at < wanted.length || isLast) {
    for await (const row of everyRow(to, limit, cursor)) {
      const id = idOf(row);
      if (!counts(id)) continue;
      if (id !== wanted[at]) {
        parting = { from: wanted[at], to: id };
        break;
      }
      at += 1;
      // Nothing may follow the last page.
      if (at === wanted.length && !isLast) break;
    }
    if (parting === undefined && at < wanted.length) parting = { from: wanted[at], to: undefined };
  }
  return { first: ids[0], last: ids.at(-1), nextCursor: page.nextCursor, parting };
}

/** Where the lists diverge, if they still do so after the time in which a copy would have arrived. */
async function lastingParting(
  reads: Reads,
  {
    list,
    cursor,
    pair,
  }: { readonly list: ComparedList; readonly cursor: string | undefined; readonly pair: Pair },
  debts: OwedLooks,
): Promise<Parting | 'restless' | undefined> {
  const began = performance.now();
  let since = began;
  const known = new Set(list.named);
  let last: Parting | undefined;
  for (;;) {
    await debts.look();
    const { parting } = await followed(reads, { ...list, named: known }, debts, cursor);
    if (parting === undefined) return undefined;
    const other = await differing(list.kind, parting, pair);
    if (other !== undefined) {
      known.add(other);
      continue;
    }
    const now = performance.now();
    if (last?.from !== parting.from || last?.to !== parting.to) {
      last = parting;
      since = now;
    } else if (now - since >= restMs(pair, debts)) return parting;
    if (now - began > chanceMs(pair, debts)) return 'restless';
    await sleep(PAUSE_MS);
  }
}

/** The record at which the lists diverge, if it differs itself. Then the list is not to blame. */
async function differing(kind: MovedKind, parting: Parting, { from, to }: Pair): Promise<string | undefined> {
  for (const id of [parting.from, parting.to]) {
    if (id === undefined) continue;
    const one = await from.record(kind, id, undefined);
    if (!same(one, await to.record(kind, id, undefined))) return id;
  }
  return undefined;
}
