/**
 * Reads the records of both sides by id: all of them, those in ranges whose checksums differ, or those that have changed since
 * the sides were known to be equal.
 */
import { compareIds, type IdRange, type MovedKind, type RangeSum } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import type { Moments } from './clean.ts';
import type { ComparedSide, Found } from './reads.ts';
import type { Pair } from './rest.ts';
import type { Row } from '../sides/kinds.ts';
import { isOwnToken, ownToken } from '../sides/owed.ts';
import { same } from '../sides/sides.ts';

/** What is seen next, in the order of ids. */
export interface Met {
  /** How many records of the deciding side were compared. */
  readonly compared: number;
  /** The last id so far. Absent: it is not known. */
  readonly last?: string | undefined;
  /** One of these records, for samples, and how many records it stands for. */
  readonly sample?: { readonly row: Row; readonly of: number } | undefined;
  /** A record that was seen in different states on the two sides. */
  readonly candidate?: { readonly id: string; readonly after: string | undefined } | undefined;
}

export interface Wanted {
  /** The id behind which the records begin. Absent: at the beginning. */
  readonly start?: string | undefined;
  /** Only records that have changed since then, if the sides can tell. Absent: all records. */
  readonly since?: Moments | undefined;
}

/** Compares the records of `kind`. */
export async function* metRecords(
  kind: MovedKind,
  pair: Pair,
  { start, since }: Wanted,
): AsyncGenerator<Met> {
  const changed = since && (await changedIds(kind, pair, since));
  if (changed === undefined) {
    yield* isSummed(pair) ? summed(kind, pair, { start, of: 'records' }) : paired(kind, pair, start);
    return;
  }
  yield* met(kind, pair, { ids: changed });
  const named = new Set(changed);
  // Only the ids show which records were removed.
  for await (const one of summed(kind, pair, { start, of: 'ids' }))
    yield one.candidate !== undefined && named.has(one.candidate.id) ? { ...one, candidate: undefined } : one;
}

/** For more changes than this, reading all records costs no more. */
const MAX_CHANGED = 50_000;

/** The ids of changed records, in order. Undefined: a side cannot tell. */
async function changedIds(kind: MovedKind, pair: Pair, since: Moments): Promise<string[] | undefined> {
  const lists = await Promise.all(
    [pair.from, pair.to].map((side) => side.since(kind, since[side.name], MAX_CHANGED)),
  );
  const known = lists.filter((ids) => ids !== undefined);
  if (known.length < lists.length) return undefined;
  const isOwn = (id: string): boolean => kind === 'idempotency' && isOwnToken(id);
  return [...new Set(known.flat())].filter((id) => !isOwn(id)).sort(compareIds);
}

/** Whether checksums are compared: both sides have them, in the same format. */
export function isSummed({ from, to }: Pair): boolean {
  return from.format !== undefined && from.format === to.format;
}

/** Reads both scans side by side, because both are in the order of ids. */
async function* paired(kind: MovedKind, pair: Pair, start: string | undefined): AsyncGenerator<Met> {
  const one = pair.from.records(kind, start);
  const other = pair.to.records(kind, start);
  let [left, right] = await Promise.all([one.next(), other.next()]);
  while (left.done !== true || right.done !== true) {
    const from = left.done === true ? undefined : left.value;
    const to = right.done === true ? undefined : right.value;
    const order = from === undefined ? 1 : to === undefined ? -1 : compareIds(from.id, to.id);
    const { id, after } = (order <= 0 ? from : to) as Found;
    const [here, there] = [order <= 0 ? from?.row : undefined, order >= 0 ? to?.row : undefined];
    yield {
      compared: here === undefined ? 0 : 1,
      last: id,
      sample: here && { row: here, of: 1 },
      ...(same(here, there) ? {} : { candidate: { id, after } }),
    };
    if (order <= 0) left = await one.next();
    if (order >= 0) right = await other.next();
  }
}

/** How many records the first checksum of a range covers, and how many records are read one by one if checksums differ. */
const SUMMED = 5000;
const READ = 250;
/** A range that differs is divided into so many parts. */
const PARTS = 5;

/** What the checksum covers. */
type Summed = 'records' | 'ids';

async function* summed(
  kind: MovedKind,
  pair: Pair,
  { start, of }: { readonly start: string | undefined; readonly of: Summed },
): AsyncGenerator<Met> {
  for (const { after, upTo } of stretchesOf(kind, start)) {
    let behind = after;
    let isOver = false;
    while (!isOver) {
      const last = yield* stretch(kind, pair, { ...range(behind, upTo), limit: SUMMED, of });
      isOver = last === undefined;
      behind = last;
    }
  }
}

/** The ranges to compare. The migration's own tokens are left out, because only one side has them. */
function stretchesOf(kind: MovedKind, start: string | undefined): IdRange[] {
  if (kind !== 'idempotency') return [range(start, undefined)];
  const own = ownToken('-').slice(0, -1);
  // This character follows the colon with which a scope ends.
  const behind = `${own.slice(0, -1)};`;
  return [
    ...(start === undefined || compareIds(start, own) < 0 ? [range(start, own)] : []),
    range(start === undefined || compareIds(start, behind) < 0 ? behind : start, undefined),
  ];
}

function range(after: string | undefined, upTo: string | undefined): IdRange {
  return defined({ after, upTo });
}

/**
 * Compares the first `limit` records of the deciding side in the range with what the other side has there. Returns their last
 * id. Undefined: the range has ended.
 */
async function* stretch(
  kind: MovedKind,
  pair: Pair,
  { of, ...given }: IdRange & { readonly limit: number; readonly of: Summed },
): AsyncGenerator<Met, string | undefined> {
  const { after, upTo, limit } = given;
  const sumOf = (side: ComparedSide, ids: IdRange): Promise<RangeSum> =>
    of === 'ids' ? side.idSum(kind, ids) : side.checksum(kind, ids);
  const here = await sumOf(pair.from, given);
  const last = here.count < limit ? undefined : here.last;
  // If the deciding side has no more records, the range goes on to its end, because the other side may have more.
  const there = await sumOf(pair.to, range(after, last ?? upTo));
  if (here.digest === there.digest) {
    const row = here.last === undefined ? undefined : await sampleOf(kind, pair.from, here.last);
    const sample = row && { row, of: here.count };
    yield { compared: of === 'ids' ? 0 : here.count, last: here.last, sample };
    return last;
  }
  if (limit > READ && here.count > READ) {
    let behind = after;
    for (let isOver = false; !isOver;) {
      const part = { ...range(behind, last ?? upTo), limit: Math.max(READ, Math.ceil(limit / PARTS)), of };
      const next = yield* stretch(kind, pair, part);
      isOver = next === undefined || next === last;
      behind = next;
    }
    return last;
  }
  yield* records(kind, pair, range(after, last ?? upTo));
  return last;
}

async function sampleOf(kind: MovedKind, side: ComparedSide, id: string): Promise<Row | undefined> {
  return (await side.some(kind, [id])).get(id) as Row | undefined;
}

/** How many ids are read at once. The other side may have any number of ids in a range. */
const IDS = 1000;

async function* records(kind: MovedKind, pair: Pair, given: IdRange): AsyncGenerator<Met> {
  let behind = given.after;
  for (let isOver = false; !isOver;) {
    const ask = { ...range(behind, given.upTo), limit: IDS };
    const lists = await Promise.all([pair.from.ids(kind, ask), pair.to.ids(kind, ask)]);
    const full = lists.filter((ids) => ids.length === IDS).map((ids) => ids.at(-1) as string);
    isOver = full.length === 0;
    const end = full.sort(compareIds)[0];
    const ids = [...new Set(lists.flat())]
      .filter((id) => end === undefined || compareIds(id, end) <= 0)
      .sort(compareIds);
    yield* met(kind, pair, { ids, after: behind });
    behind = end ?? behind;
  }
}

/** Compares these records, in the order of ids. `after` is an id before the first one. */
async function* met(
  kind: MovedKind,
  pair: Pair,
  { ids, after }: { readonly ids: readonly string[]; readonly after?: string | undefined },
): AsyncGenerator<Met> {
  let behind = after;
  for (let at = 0; at < ids.length; at += IDS) {
    const some = ids.slice(at, at + IDS);
    const [here, there] = await Promise.all([pair.from.some(kind, some), pair.to.some(kind, some)]);
    for (const id of some) {
      const [one, other] = [here.get(id) as Row | undefined, there.get(id) as Row | undefined];
      yield {
        compared: one === undefined ? 0 : 1,
        last: id,
        sample: one && { row: one, of: 1 },
        ...(same(one, other) ? {} : { candidate: { id, after: behind } }),
      };
      behind = id;
    }
  }
}
