/** Where two sides differ: record by record, and list by list. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MOVED_KINDS,
  StorageError,
  type CompareOptions,
  type ComparePosition,
  type Comparison,
  type MovedKind,
  type SideDifference,
  type Unread,
} from '../../contract/index.ts';
import { OwedLooks, type OwedOptions } from './debts.ts';
import { orderDifference } from './lists.ts';
import { ComparedSide, unreadIn, type ComparedSides } from './reads.ts';
import { metRecords } from './records.ts';
import { judge, type Candidate, type Pair } from './rest.ts';
import { sampledLists, Samples } from './samples.ts';

/** So many are judged together: they rest at the same time. */
const TOGETHER = 100;

/** See Migration.compare. */
export async function compareSides(
  sides: ComparedSides,
  owed: OwedOptions,
  limit: number,
  options: CompareOptions = {},
): Promise<Comparison> {
  validateOptions(options);
  const debts = new OwedLooks(owed, sides.names.from);
  const { differences, compared, unread, next } = await differencesOf(sides, debts, { limit, ...options });
  const goesOn = next === undefined ? {} : { next };
  try {
    return { differences, compared, owed: await debts.lasting(), unread, ...goesOn };
  } catch (error) {
    return { differences, compared, owed: 0, unread: [...unread, unreadIn(error)], ...goesOn };
  }
}

interface Asked extends CompareOptions {
  readonly limit: number;
}

function validateOptions({ perSecond, records, from }: CompareOptions): void {
  for (const [name, value] of Object.entries({ perSecond, records })) {
    if (value === undefined || (typeof value === 'number' && value > 0)) continue;
    throw new StorageError(
      'INVALID_RECORD',
      `Expected ${name} of a comparison to be a number above 0, got ${JSON.stringify(value)}.`,
    );
  }
  if (from === undefined || MOVED_KINDS.includes(from.kind)) return;
  throw new StorageError(
    'INVALID_RECORD',
    `Expected a comparison to go on at one of ${MOVED_KINDS.join(', ')}, got ${JSON.stringify(from.kind)}. Give it the \`next\` of the one before.`,
  );
}

/** How fast a comparison goes, and how far. */
class Pace {
  readonly #began = performance.now();
  readonly #perSecond: number;
  readonly #records: number;

  constructor({ perSecond = Infinity, records = Infinity }: CompareOptions) {
    this.#perSecond = perSecond;
    this.#records = records;
  }

  /** Resolves when so many records may have been read. */
  async after(records: number): Promise<void> {
    const aheadMs = (records / this.#perSecond) * 1000 - (performance.now() - this.#began);
    if (aheadMs >= LEAST_SLEEP_MS) await sleep(aheadMs);
  }

  isOver(records: number): boolean {
    return records >= this.#records;
  }
}

const LEAST_SLEEP_MS = 5;

/** The first `limit` differences, and what could not be read. */
async function differencesOf(
  { sides, names, patience, bulk }: ComparedSides,
  debts: OwedLooks,
  { limit, ...options }: Asked,
): Promise<Findings> {
  await patience.recheck();
  const pair = {
    from: new ComparedSide({ stores: sides.from, name: names.from, bulk: bulk.from }),
    to: new ComparedSide({ stores: sides.to, name: names.to, patience, bulk: bulk.to }),
  };
  const found = new Findings(limit);
  const pace = new Pace(options);
  const { kind: first = MOVED_KINDS[0], after } = options.from ?? {};
  for (const kind of MOVED_KINDS.slice(MOVED_KINDS.indexOf(first))) {
    if (!pair.from.has(kind) || !pair.to.has(kind)) continue;
    const comparing = { kind, pair, debts, found, pace };
    try {
      const { samples, next } = await compareRecords(comparing, kind === first ? after : undefined);
      await compareLists(comparing, samples);
      found.next = next;
    } catch (error) {
      found.add(unreadIn(error));
    }
    if (found.isFull || found.next !== undefined) break;
  }
  return found;
}

/** What has been found until now. */
class Findings {
  readonly differences: SideDifference[] = [];
  readonly unread: Unread[] = [];
  compared = 0;
  next: ComparePosition | undefined;
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

interface Comparing {
  readonly kind: MovedKind;
  readonly pair: Pair;
  readonly debts: OwedLooks;
  readonly found: Findings;
  readonly pace: Pace;
}

/** Compares the records behind the id `start`. Returns some of them, and where to go on if it was enough. */
async function compareRecords(
  { kind, pair, debts, found, pace }: Comparing,
  start: string | undefined,
): Promise<{ readonly samples: Samples; readonly next: ComparePosition | undefined }> {
  const samples = new Samples(kind);
  let candidates: Candidate[] = [];
  const judged = async (): Promise<void> => {
    const { differences, unread } = await judge(candidates, pair, debts);
    candidates = [];
    for (const one of [...differences, ...unread]) found.add(one);
  };
  let next: ComparePosition | undefined;
  try {
    for await (const { compared, last, sample, candidate } of metRecords(kind, pair, start)) {
      found.compared += compared;
      if (sample !== undefined) samples.add(sample, Math.max(compared, 1));
      if (candidate !== undefined) candidates.push({ kind, ...candidate });
      if (candidates.length === TOGETHER) await judged();
      if (found.isFull) return { samples, next };
      if (compared > 0) await pace.after(found.compared);
      if (!pace.isOver(found.compared) || last === undefined) continue;
      next = { kind, after: last };
      break;
    }
  } catch (error) {
    found.add(unreadIn(error));
  }
  await judged();
  return { samples, next };
}

async function compareLists({ kind, pair, debts, found }: Comparing, samples: Samples): Promise<void> {
  const named = new Set(found.differences.filter((one) => one.kind === kind).map(({ id }) => id));
  const seen = new Set<string>();
  for (const list of sampledLists(kind, samples, pair, named)) {
    const difference = await orderDifference(list, pair, debts);
    if (difference === undefined) continue;
    // Of a list each size of pages is named once.
    const name = JSON.stringify([list.selected, list.limit, 'what' in difference]);
    if (!seen.has(name)) found.add(difference);
    seen.add(name);
    if (found.isFull) return;
  }
}
