/** Reads of the sides for a comparison: whatever fails says which side it was, and of what. */
import {
  codeOf,
  compareIds,
  encodeScanCursor,
  StorageError,
  type Bulk,
  type Changes,
  type IdRange,
  type MovedKind,
  type Page,
  type PageRequest,
  type RangeSum,
  type RecordsById,
  type Unread,
} from '../../contract/index.ts';
import { listOf, owedFor, scanOf, type Read, type Row } from '../sides/kinds.ts';
import type { Patience } from '../copies/patience.ts';
import { everyRow, type Sides, type Stores } from '../sides/sides.ts';

export type SideName = 'old' | 'new';

export interface ComparedSides {
  readonly sides: Pick<Sides, 'from' | 'to'>;
  /** What the sides are called. */
  readonly names: Readonly<Record<'from' | 'to', SideName>>;
  /** Of the side that records are copied to, which may be silent. */
  readonly patience: Patience;
  /** Of the sides that have it. */
  readonly bulk: Readonly<Partial<Record<'from' | 'to', Bulk | undefined>>>;
}

interface ComparedSideOptions {
  readonly stores: Stores;
  readonly name: SideName;
  readonly patience?: Patience;
  readonly bulk?: Bulk | undefined;
}

/** One record, and how to find it again. */
export interface Found {
  readonly id: string;
  readonly row: Row;
  /** The id before it in the order of ids. */
  readonly after: string | undefined;
}

/** Rows that are read at once. */
export const SCANNED = 1000;
/** A side that gives no answer is asked again, for so many of its bounds in one comparison, and each time counts as so long. */
const AGAIN_BOUNDS = 5;
const LEAST_ASKED_MS = 100;
/** More may come between two records that were neighbours. */
const NEAR = 10;

/** One side. Every read rejects with what `unreadIn` knows. */
export class ComparedSide {
  readonly name: SideName;
  readonly #stores: Stores;
  readonly #patience: Patience | undefined;
  /** The longest that a read has taken, in milliseconds. */
  slowestMs = 0;

  /** How long this side is still asked again while it gives no answer, in milliseconds. */
  #leftMs: number;
  readonly #bulk: Bulk | undefined;

  constructor({ stores, name, patience, bulk }: ComparedSideOptions) {
    this.#stores = stores;
    this.name = name;
    this.#patience = patience;
    this.#leftMs = AGAIN_BOUNDS * (patience?.boundMs ?? 0);
    this.#bulk = bulk;
  }

  /** What its sums are made of; undefined: it has none. */
  get format(): string | undefined {
    return this.#bulk?.format;
  }

  async checksum(kind: MovedKind, range: IdRange): Promise<RangeSum> {
    return this.#read(kind, async () => (this.#bulk as Bulk).checksum(kind, range));
  }

  async ids(kind: MovedKind, range: IdRange): Promise<readonly string[]> {
    return this.#read(kind, async () => (this.#bulk as Bulk).ids(kind, range));
  }

  async some(kind: MovedKind, ids: readonly string[]): Promise<RecordsById> {
    return this.#read(kind, async () => (this.#bulk as Bulk).get(kind, ids));
  }

  /** This moment, in the side's own words; undefined: it cannot tell what changes. */
  async now(): Promise<string | undefined> {
    return this.#read('streams', async () => this.#bulk?.changes?.now());
  }

  /** What was stored or changed since; undefined: the side cannot tell. */
  async since(kind: MovedKind, moment: string, limit: number): Promise<readonly string[] | undefined> {
    return this.#read(kind, async () => this.#bulk?.changes?.since(kind, moment, limit));
  }

  async idSum(kind: MovedKind, range: IdRange): Promise<RangeSum> {
    return this.#read(kind, async () => ((this.#bulk as Bulk).changes as Changes).idSum(kind, range));
  }

  has(kind: MovedKind): boolean {
    return scanOf(this.#stores, kind) !== undefined;
  }

  /** Every record behind the id `start`, but those of the migration's own, in the order of ids. */
  async *records(kind: MovedKind, start: string | undefined): AsyncGenerator<Found, undefined> {
    const scan = scanOf(this.#stores, kind);
    if (scan === undefined) return;
    let after = start;
    const cursor = start === undefined ? undefined : encodeScanCursor(start);
    for await (const row of everyRow(this.#reading(kind, scan), SCANNED, cursor)) {
      const id = owedFor(kind, row)?.id;
      if (id === undefined) continue;
      yield { id, row: row as Row, after };
      after = id;
    }
  }

  /** The record as it is now; `after`: an id before it, as near as one is known. */
  async record(kind: MovedKind, id: string, after: string | undefined): Promise<Row | undefined> {
    if (this.#bulk !== undefined) return (await this.some(kind, [id])).get(id) as Row | undefined;
    if (kind !== 'activity' && kind !== 'audit')
      return this.#read(kind, () => this.#stores[kind]?.get(id)) as Promise<Row | undefined>;
    const scan = scanOf(this.#stores, kind);
    if (scan === undefined) return undefined;
    // Ids that begin as this one does, but for its last character, stand between.
    const before = after ?? Array.from(id).slice(0, -1).join('');
    const cursor = before === '' ? undefined : encodeScanCursor(before);
    for await (const row of everyRow(this.#reading(kind, scan), NEAR, cursor)) {
      const order = compareIds(idOf(row), id);
      if (order === 0) return row as Row;
      if (order > 0) return undefined;
    }
    return undefined;
  }

  /** The list that `selected` selects; undefined: there is none. */
  list(kind: MovedKind, selected: string | undefined): PageRead | undefined {
    const list = listOf(this.#stores, kind, selected);
    return list === undefined ? undefined : this.#reading(kind, list);
  }

  #reading(kind: MovedKind, read: Read): PageRead {
    return (request) => this.#read(kind, () => read(request));
  }

  /** A side that is busy for a moment is asked again: nobody but the operator waits for a comparison. */
  async #answered<T>(call: () => T, patience: Patience): Promise<Awaited<T>> {
    for (;;) {
      if (patience.isAnswering) {
        const answer = (async () => call())();
        answer.catch(() => undefined);
        if ((await patience.waited(answer, { isBounded: false })) === 'ended') return await answer;
      }
      do {
        if (this.#leftMs <= 0) throw silent();
        const began = performance.now();
        await patience.recheck();
        this.#leftMs -= Math.max(LEAST_ASKED_MS, performance.now() - began);
      } while (!patience.isAnswering);
    }
  }

  async #read<T>(kind: MovedKind, call: () => T): Promise<Awaited<T>> {
    const began = performance.now();
    try {
      return this.#patience === undefined ? await call() : await this.#answered(call, this.#patience);
    } catch (error) {
      throw unreadable(kind, this.name, error);
    } finally {
      this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
    }
  }
}

export type PageRead = (request: PageRequest) => Promise<Page<unknown>>;

export function idOf(row: unknown): string {
  return (row as { readonly id: string }).id;
}

function silent(): StorageError {
  return new StorageError('UNAVAILABLE', 'Expected an answer of the side, but it gives none.');
}

const UNREAD = Symbol('what could not be read');

/** Says what could not be read. */
export function unreadable(kind: MovedKind, from: SideName, error: unknown): StorageError {
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  const unread: Unread = { kind, from, reason: code === undefined ? said : `${code}: ${said}` };
  const failed = new StorageError(
    'UNAVAILABLE',
    `Expected to read the ${kind} of the ${from} side, but: ${unread.reason}`,
    { cause: error },
  );
  return Object.assign(failed, { [UNREAD]: unread });
}

/** What the error says that could not be read. Throws any other error. */
export function unreadIn(error: unknown): Unread {
  const unread = (error as { readonly [UNREAD]?: Unread } | undefined)?.[UNREAD];
  if (unread === undefined) throw error;
  return unread;
}
