/** Where two sides differ: record by record, and list by list. */
import {
  compareIds,
  MOVED_KINDS,
  type Comparison,
  type MovedKind,
  type SideDifference,
  type Unread,
} from '../contract/index.ts';
import { OwedLooks, type OwedOptions } from './compareDebts.ts';
import { orderDifference } from './compareLists.ts';
import { ComparedSide, unreadIn, type ComparedSides, type Found } from './compareReads.ts';
import { judge, type Candidate, type Pair } from './compareRest.ts';
import { listWith } from './kinds.ts';
import { same } from './sides.ts';

/** Sizes of the pages in which lists are followed: each row by itself, pairs, and a size that divides neither. */
const LIMITS = [1, 2, 7] as const;
/** So many are judged together: they rest at the same time. */
const TOGETHER = 100;

/** See Migration.compare. */
export async function compareSides(
  sides: ComparedSides,
  owed: OwedOptions,
  limit: number,
): Promise<Comparison> {
  const debts = new OwedLooks(owed, sides.names.from);
  const { differences, compared, unread } = await differencesOf(sides, debts, limit);
  try {
    return { differences, compared, owed: await debts.lasting(), unread };
  } catch (error) {
    return { differences, compared, owed: 0, unread: [...unread, unreadIn(error)] };
  }
}

/** The first `limit` differences, and what could not be read. */
async function differencesOf(
  { sides, names, patience }: ComparedSides,
  debts: OwedLooks,
  limit: number,
): Promise<Findings> {
  await patience.recheck();
  const pair = {
    from: new ComparedSide(sides.from, names.from),
    to: new ComparedSide(sides.to, names.to, patience),
  };
  const found = new Findings(limit);
  for (const kind of MOVED_KINDS) {
    if (!pair.from.has(kind) || !pair.to.has(kind)) continue;
    try {
      const lists = await compareRecords(kind, pair, debts, found);
      await compareLists(kind, lists, { pair, debts, found });
    } catch (error) {
      found.add(unreadIn(error));
    }
    if (found.isFull) break;
  }
  return found;
}

/** What has been found until now. */
class Findings {
  readonly differences: SideDifference[] = [];
  readonly unread: Unread[] = [];
  compared = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.differences.length >= this.#limit;
  }

  add(one: SideDifference | Unread): void {
    if ('what' in one) {
      if (!this.isFull) this.differences.push(one);
    } else if (!this.unread.some((other) => isSameUnread(one, other))) this.unread.push(one);
  }
}

function isSameUnread(one: Unread, other: Unread): boolean {
  return one.kind === other.kind && one.from === other.from && one.id === other.id;
}

/** The values that select the lists in which the records are. */
async function compareRecords(
  kind: MovedKind,
  pair: Pair,
  debts: OwedLooks,
  found: Findings,
): Promise<ReadonlySet<string | undefined>> {
  const lists = new Set<string | undefined>([undefined]);
  let candidates: Candidate[] = [];
  const judged = async (): Promise<void> => {
    const { differences, unread } = await judge(candidates, pair, debts);
    candidates = [];
    for (const one of [...differences, ...unread]) found.add(one);
  };
  try {
    for await (const { id, from, to, after } of pairsOf(kind, pair)) {
      if (from !== undefined) {
        found.compared += 1;
        lists.add(listWith(kind, from.row));
      }
      if (same(from?.row, to?.row)) continue;
      candidates.push({ kind, id, after });
      if (candidates.length === TOGETHER) await judged();
      if (found.isFull) return lists;
    }
  } catch (error) {
    found.add(unreadIn(error));
  }
  await judged();
  return lists;
}

interface Met {
  readonly id: string;
  readonly from: Found | undefined;
  readonly to: Found | undefined;
  readonly after: string | undefined;
}

/** The records of both sides by id; both scans are in the order of ids. */
async function* pairsOf(kind: MovedKind, pair: Pair): AsyncGenerator<Met> {
  const one = pair.from.records(kind);
  const other = pair.to.records(kind);
  let [left, right] = await Promise.all([one.next(), other.next()]);
  while (left.done !== true || right.done !== true) {
    const from = left.done === true ? undefined : left.value;
    const to = right.done === true ? undefined : right.value;
    const order = from === undefined ? 1 : to === undefined ? -1 : compareIds(from.id, to.id);
    const first = (order <= 0 ? from : to) as Found;
    yield {
      id: first.id,
      from: order <= 0 ? from : undefined,
      to: order >= 0 ? to : undefined,
      after: first.after,
    };
    if (order <= 0) left = await one.next();
    if (order >= 0) right = await other.next();
  }
}

interface Lists {
  readonly pair: Pair;
  readonly debts: OwedLooks;
  readonly found: Findings;
}

async function compareLists(
  kind: MovedKind,
  lists: ReadonlySet<string | undefined>,
  { pair, debts, found }: Lists,
): Promise<void> {
  const named = new Set(found.differences.filter((one) => one.kind === kind).map(({ id }) => id));
  for (const selected of lists) {
    for (const limit of LIMITS) {
      const difference = await orderDifference({ kind, selected, limit, named }, pair, debts);
      if (difference !== undefined) found.add(difference);
      if (found.isFull) return;
    }
  }
}
