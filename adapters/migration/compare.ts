/** Where two sides differ: record by record, and list by list. */
import { setTimeout as sleep } from 'node:timers/promises';
import { compareIds, MOVED_KINDS, type MovedKind, type SideDifference } from '../contract/index.ts';
import { appended } from './appended.ts';
import { listOf, listWith, owedFor, scanOf, type Read, type Row } from './kinds.ts';
import type { Owed } from './owed.ts';
import { BETWEEN_MS, everyRow, LOOKS, same, type Sides, type Stores } from './sides.ts';

const PAGE = 100;
/** Sizes of the pages in which lists are followed: each row by itself, pairs, and a size that divides neither. */
const LIMITS = [1, 2, 7] as const;

export interface Differences {
  readonly differences: readonly SideDifference[];
  readonly compared: number;
}

/** The first `limit` differences. */
export async function differencesOf(sides: Sides, limit: number): Promise<Differences> {
  const differences: SideDifference[] = [];
  let compared = 0;
  for (const kind of MOVED_KINDS) {
    if (scanOf(sides.from, kind) === undefined || scanOf(sides.to, kind) === undefined) continue;
    const lists = new Set<string | undefined>([undefined]);
    for await (const pair of pairsOf(sides, kind)) {
      if (pair.old !== undefined) {
        compared += 1;
        lists.add(listWith(kind, pair.old));
      }
      const difference = await differenceOf(sides, kind, pair);
      if (difference !== undefined) differences.push(difference);
      if (differences.length === limit) return { differences, compared };
    }
    for (const selected of lists) {
      for (const size of LIMITS) {
        const difference = await orderDifference(sides, kind, selected, size);
        if (difference !== undefined) differences.push(difference);
        if (differences.length === limit) return { differences, compared };
      }
    }
  }
  return { differences, compared };
}

interface Pair {
  readonly owed: Owed;
  readonly old: Row | undefined;
  readonly new: Row | undefined;
}

/** The records of both sides by id; both scans are in the order of ids. */
async function* pairsOf(sides: Sides, kind: MovedKind): AsyncGenerator<Pair> {
  const old = rowsOf(sides.from, kind);
  const other = rowsOf(sides.to, kind);
  let [left, right] = [await old.next(), await other.next()];
  while (left.done !== true || right.done !== true) {
    const order =
      left.done === true ? 1 : right.done === true ? -1 : compareIds(left.value.id, right.value.id);
    const { owed } = (order <= 0 ? left : right).value as Listed;
    yield {
      owed,
      old: order <= 0 ? (left.value as Listed).row : undefined,
      new: order >= 0 ? (right.value as Listed).row : undefined,
    };
    if (order <= 0) left = await old.next();
    if (order >= 0) right = await other.next();
  }
}

interface Listed {
  readonly id: string;
  readonly owed: Owed;
  readonly row: Row;
}

async function* rowsOf(side: Stores, kind: MovedKind): AsyncGenerator<Listed, undefined> {
  const scan = scanOf(side, kind);
  if (scan === undefined) return;
  for await (const row of everyRow(scan, PAGE)) {
    const owed = owedFor(kind, row);
    if (owed !== undefined) yield { id: owed.id as string, owed, row: row as Row };
  }
}

/** The difference, if it lasts: what is being written, or has expired meanwhile, is none. */
async function differenceOf(sides: Sides, kind: MovedKind, seen: Pair): Promise<SideDifference | undefined> {
  let { old, new: other } = seen;
  for (let look = 0; look < LOOKS && !same(old, other); look += 1) {
    if (look > 0) await sleep(BETWEEN_MS);
    old = await find(sides.from, seen.owed);
    other = await find(sides.to, seen.owed);
  }
  if (same(old, other)) return undefined;
  const id = seen.owed.id as string;
  if (other === undefined) return { kind, id, what: 'missing' };
  if (old === undefined) return { kind, id, what: 'extra' };
  const fields = [...new Set([...Object.keys(old), ...Object.keys(other)])].sort();
  return { kind, id, what: 'differs', fields: fields.filter((field) => !same(old?.[field], other?.[field])) };
}

async function find(side: Stores, owed: Owed): Promise<Row | undefined> {
  if (owed.kind === 'activity' || owed.kind === 'audit') {
    const { record: _, ...unknown } = owed;
    return (await appended(side, unknown)) as Row | undefined;
  }
  return (await side[owed.kind]?.get(owed.id as string)) as Row | undefined;
}

/** The first page of the old side's list after which the new side goes on with something else. */
async function orderDifference(
  sides: Sides,
  kind: MovedKind,
  selected: string | undefined,
  limit: number,
): Promise<SideDifference | undefined> {
  const old = listOf(sides.from, kind, selected);
  const other = listOf(sides.to, kind, selected);
  if (old === undefined || other === undefined) return undefined;
  let cursor: string | undefined;
  let last = '';
  do {
    let page = await followed(old, other, limit, cursor);
    for (let look = 1; look < LOOKS && page.differs; look += 1) {
      await sleep(BETWEEN_MS);
      page = await followed(old, other, limit, cursor);
    }
    if (page.differs) return { kind, id: page.ids[0] ?? last, what: 'order', limit };
    last = page.ids.at(-1) ?? last;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return undefined;
}

interface Followed {
  readonly ids: readonly string[];
  readonly differs: boolean;
  readonly nextCursor: string | undefined;
}

/** A page of the old side, and whether the new side has the same rows behind the same cursor. */
async function followed(
  old: Read,
  other: Read,
  limit: number,
  cursor: string | undefined,
): Promise<Followed> {
  const page = await old({ limit, ...(cursor === undefined ? {} : { cursor }) });
  const ids = page.items.map(idOf);
  const isLast = page.nextCursor === undefined;
  const there: string[] = [];
  // Behind the last page there must be nothing more.
  const wanted = isLast ? ids.length + 1 : ids.length;
  if (wanted > 0) {
    for await (const row of everyRow(other, limit, cursor)) {
      there.push(idOf(row));
      if (there.length === wanted) break;
    }
  }
  return { ids, differs: !same(ids, there), nextCursor: page.nextCursor };
}

function idOf(row: unknown): string {
  return (row as { readonly id: string }).id;
}
