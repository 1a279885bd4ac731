/** Compares two sides, record by record and list by list. */
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
import { defined } from '../../contract/defined.ts';
import { OwedLooks, type OwedOptions } from './debts.ts';
import { orderDifference } from './lists.ts';
import { ComparedSide, unreadIn, type ComparedSides } from './reads.ts';
import { cleanSince, keepClean, type Moments } from './clean.ts';
import { isSummed, metRecords } from './records.ts';
import { judge, type Candidate, type Pair } from './rest.ts';
import { sampledLists, Samples } from './samples.ts';

/** How many candidates are judged together, so that they are waited for together. */
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
  await sides.patience.recheck();
  const pair = pairOf(sides);
  const isWhole = options.records === undefined && options.from === undefined;
  const moments = isWhole ? await momentsOf(pair) : undefined;
  const since = options.onlyChanged === true && moments ? await cleanSince(owed.store) : undefined;
  const found = await differencesOf(pair, debts, { limit, since, ...options });
  const comparison = await comparisonOf(found, debts);
  const { differences, unread, owed: owing } = comparison;
  if (moments !== undefined && differences.length + unread.length + owing + found.debts === 0)
    await keepClean(owed.store, moments);
  return comparison;
}

async function comparisonOf(found: Findings, debts: OwedLooks): Promise<Comparison> {
  const { differences, compared, unread, next } = found;
  const goesOn = defined({ next });
  try {
    return { differences, compared, owed: await debts.lasting(), unread, ...goesOn };
  } catch (error) {
    return { differences, compared, owed: 0, unread: [...unread, unreadIn(error)], ...goesOn };
  }
}

function pairOf({ sides, names, patience, bulk }: ComparedSides): Pair {
  return {
    from: new ComparedSide({ stores: sides.from, name: names.from, bulk: bulk.from }),
    to: new ComparedSide({ stores: sides.to, name: names.to, patience, bulk: bulk.to }),
  };
}

/** The moments of both sides before anything is read. Undefined: a side cannot tell what changes, or cannot be read now. */
async function momentsOf(pair: Pair): Promise<Moments | undefined> {
  if (!isSummed(pair)) return undefined;
  try {
    const { from, to } = pair;
    const [here, there] = await Promise.all([from.now(), to.now()]);
    if (here === undefined || there === undefined) return undefined;
    return { [from.name]: here, [to.name]: there } as Moments;
  } catch (error) {
    unreadIn(error);
    return undefined;
  }
}

interface Asked extends CompareOptions {
  readonly limit: number;
  /** When the sides were last known to be equal. */
  readonly since: Moments | undefined;
}

function validateOptions({ perSecond, records, from, onlyChanged }: CompareOptions): void {
  if (onlyChanged === true && (records !== undefined || from !== undefined))
    throw new StorageError(
      'INVALID_RECORD',
      'Expected onlyChanged of a comparison without records and from, because changes are compared in one go. Leave these options out.',
    );
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
    `Expected a comparison to start at one of ${MOVED_KINDS.join(', ')}, got ${JSON.stringify(from.kind)}. Pass the \`next\` of the comparison before.`,
  );
}

/** Limits how fast a comparison reads, and how far. */
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
    if (aheadMs >= MIN_SLEEP_MS) await sleep(aheadMs);
  }

  isOver(records: number): boolean {
    return records >= this.#records;
  }
}

const MIN_SLEEP_MS = 5;

/** Finds the first `limit` differences, and what could not be read. */
async function differencesOf(
  pair: Pair,
  debts: OwedLooks,
  { limit, since, ...options }: Asked,
): Promise<Findings> {
  const found = new Findings(limit);
  const pace = new Pace(options);
  const { kind: first = MOVED_KINDS[0], after } = options.from ?? {};
  for (const kind of MOVED_KINDS.slice(MOVED_KINDS.indexOf(first))) {
    if (!pair.from.has(kind) || !pair.to.has(kind)) continue;
    const comparing = { kind, pair, debts, found, pace, since };
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

/** What a comparison has found so far. */
class Findings {
  readonly differences: SideDifference[] = [];
  readonly unread: Unread[] = [];
  compared = 0;
  /** How many candidates owe a copy. */
  debts = 0;
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
  readonly since: Moments | undefined;
}

/** Compares the records behind the id `start`. Returns some of them, and where to continue if the limit was reached. */
async function compareRecords(
  { kind, pair, debts, found, pace, since }: Comparing,
  start: string | undefined,
): Promise<{ readonly samples: Samples; readonly next: ComparePosition | undefined }> {
  const samples = new Samples(kind);
  let candidates: Candidate[] = [];
  const judged = async (): Promise<void> => {
    const { differences, unread, debts: owing } = await judge(candidates, pair, debts);
    candidates = [];
    found.debts += owing;
    for (const one of [...differences, ...unread]) found.add(one);
  };
  let next: ComparePosition | undefined;
  try {
    for await (const { compared, last, sample, candidate } of metRecords(kind, pair, { start, since })) {
      found.compared += compared;
      if (sample !== undefined) samples.add(sample.row, sample.of);
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
    // A list is named once for each size of pages.
    const name = JSON.stringify([list.selected, list.limit, 'what' in difference]);
    if (!seen.has(name)) found.add(difference);
    seen.add(name);
    if (found.isFull) return;
  }
}
