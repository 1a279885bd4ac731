/** The records of both sides by id: all of them, or those of the stretches of ids whose sums differ. */
import { compareIds, type IdRange, type MovedKind } from '../../contract/index.ts';
import type { ComparedSide, Found } from './reads.ts';
import type { Pair } from './rest.ts';
import type { Row } from '../sides/kinds.ts';
import { ownToken } from '../sides/owed.ts';
import { same } from '../sides/sides.ts';

/** What was seen next, in the order of ids. */
export interface Met {
  /** Records of the deciding side that were compared. */
  readonly compared: number;
  /** The last id until here; absent where it is not known. */
  readonly last?: string | undefined;
  /** One of the records, for samples. */
  readonly sample?: Row | undefined;
  /** A record that the sides were seen to have differently. */
  readonly candidate?: { readonly id: string; readonly after: string | undefined };
}

/** Everything of `kind` behind the id `start`. */
export function metRecords(kind: MovedKind, pair: Pair, start: string | undefined): AsyncGenerator<Met> {
  return isSummed(pair) ? summed(kind, pair, start) : paired(kind, pair, start);
}

/** Whether sums are compared: both sides have them, of the same format. */
export function isSummed({ from, to }: Pair): boolean {
  return from.format !== undefined && from.format === to.format;
}

/** Both scans are in the order of ids. */
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
      sample: here,
      ...(same(here, there) ? {} : { candidate: { id, after } }),
    };
    if (order <= 0) left = await one.next();
    if (order >= 0) right = await other.next();
  }
}

/** Records of a sum: of the first one, and of those that are read one by one where it differs. */
const SUMMED = 5000;
const READ = 250;
/** A stretch that differs is divided into so many. */
const PARTS = 5;

async function* summed(kind: MovedKind, pair: Pair, start: string | undefined): AsyncGenerator<Met> {
  for (const { after, upTo } of stretchesOf(kind, start)) {
    let behind = after;
    let isOver = false;
    while (!isOver) {
      const last = yield* stretch(kind, pair, { ...range(behind, upTo), limit: SUMMED });
      isOver = last === undefined;
      behind = last;
    }
  }
}

/** Tokens of the migration's own are left out: they are of one side alone. */
function stretchesOf(kind: MovedKind, start: string | undefined): IdRange[] {
  if (kind !== 'idempotency') return [range(start, undefined)];
  const own = ownToken('-').slice(0, -1);
  // The character behind the one at which scopes end.
  const behind = `${own.slice(0, -1)};`;
  return [
    ...(start === undefined || compareIds(start, own) < 0 ? [range(start, own)] : []),
    range(start === undefined || compareIds(start, behind) < 0 ? behind : start, undefined),
  ];
}

function range(after: string | undefined, upTo: string | undefined): IdRange {
  return { ...(after === undefined ? {} : { after }), ...(upTo === undefined ? {} : { upTo }) };
}

/**
 * The first `limit` records of the deciding side in the range, and what the other one has between them. Returns the last id
 * of theirs; undefined: the range has ended.
 */
async function* stretch(
  kind: MovedKind,
  pair: Pair,
  given: IdRange & { readonly limit: number },
): AsyncGenerator<Met, string | undefined> {
  const { after, upTo, limit } = given;
  const here = await pair.from.checksum(kind, given);
  const last = here.count < limit ? undefined : here.last;
  // To the end of the range, if it has ended: the other side may have more.
  const there = await pair.to.checksum(kind, range(after, last ?? upTo));
  if (here.digest === there.digest) {
    const sample = here.last === undefined ? undefined : await sampleOf(kind, pair.from, here.last);
    yield { compared: here.count, last: here.last, sample };
    return last;
  }
  if (limit > READ && here.count > READ) {
    let behind = after;
    for (let isOver = false; !isOver;) {
      const part = { ...range(behind, last ?? upTo), limit: Math.max(READ, Math.ceil(limit / PARTS)) };
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

/** Ids that are read at once: of the other side there may be any number in a range. */
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
    const [here, there] = await Promise.all([pair.from.some(kind, ids), pair.to.some(kind, ids)]);
    for (const id of ids) {
      const [one, other] = [here.get(id) as Row | undefined, there.get(id) as Row | undefined];
      yield {
        compared: one === undefined ? 0 : 1,
        last: id,
        sample: one,
        ...(same(one, other) ? {} : { candidate: { id, after: behind } }),
      };
      behind = id;
    }
    behind = end ?? behind;
  }
}
