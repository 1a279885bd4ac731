/** Reads the sides for a comparison. Errors say which side could not be read, and which kind of records. */
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
  /** The names of the sides. */
  readonly names: Readonly<Record<'from' | 'to', SideName>>;
  /** The patience with the side that records are copied to, because it may be silent. */
  readonly patience: Patience;
  /** The surface `bulk` of each side that has it. */
  readonly bulk: Readonly<Partial<Record<'from' | 'to', Bulk | undefined>>>;
}

interface ComparedSideOptions {
  readonly stores: Stores;
  readonly name: SideName;
  readonly patience?: Patience;
  readonly bulk?: Bulk | undefined;
}

/** A record, and what is needed to find it again. */
export interface Found {
  readonly id: string;
  readonly row: Row;
  /** The id before it in the order of ids. */
  readonly after: string | undefined;
}

/** How many rows are read at once. */
export const SCANNED = 1000;
/** One comparison waits for a silent side for so many of its bounds. Each question counts as at least so many milliseconds. */
const AGAIN_BOUNDS = 5;
const MIN_ASKED_MS = 100;
/** The length of a page in a search for one record, because others may have come between two neighbours. */
const NEAR = 10;

/** One side. Reads reject with errors that `unreadIn` understands. */
export class ComparedSide {
  readonly name: SideName;
  readonly #stores: Stores;
  readonly #patience: Patience | undefined;
  /** How long the slowest read took, in milliseconds. */
  slowestMs = 0;

  /** How long the comparison may still wait for this side while it is silent, in milliseconds. */
  #leftMs: number;
  readonly #bulk: Bulk | undefined;

  constructor({ stores, name, patience, bulk }: ComparedSideOptions) {
    this.#stores = stores;
    this.name = name;
    this.#patience = patience;
    this.#leftMs = AGAIN_BOUNDS * (patience?.boundMs ?? 0);
    this.#bulk = bulk;
  }

  /** The format of its checksums. Undefined: it has none. */
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

  /** The present moment, in the side's own format. Undefined: the side cannot tell what changes. */
  async now(): Promise<string | undefined> {
    return this.#read('streams', async () => this.#bulk?.changes?.now());
  }

  /** The ids of records that were stored or changed since. Undefined: the side cannot tell. */
  async since(kind: MovedKind, moment: string, limit: number): Promise<readonly string[] | undefined> {
    return this.#read(kind, async () => this.#bulk?.changes?.since(kind, moment, limit));
  }

  async idSum(kind: MovedKind, range: IdRange): Promise<RangeSum> {
    return this.#read(kind, async () => ((this.#bulk as Bulk).changes as Changes).idSum(kind, range));
  }

  has(kind: MovedKind): boolean {
    return scanOf(this.#stores, kind) !== undefined;
  }

  /** Every record behind the id `start`, in the order of ids, without the migration's own. */
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

  /** The record as it is now. `after` is the nearest known id before it. */
  async record(kind: MovedKind, id: string, after: string | undefined): Promise<Row | undefined> {
    if (this.#bulk !== undefined) return (await this.some(kind, [id])).get(id) as Row | undefined;
    if (kind !== 'activity' && kind !== 'audit')
      return this.#read(kind, () => this.#stores[kind]?.get(id)) as Promise<Row | undefined>;
    const scan = scanOf(this.#stores, kind);
    if (scan === undefined) return undefined;
    // Only ids that begin with the same characters, except for the last one, come in between.
    const before = after ?? Array.from(id).slice(0, -1).join('');
    const cursor = before === '' ? undefined : encodeScanCursor(before);
    for await (const row of everyRow(this.#reading(kind, scan), NEAR, cursor)) {
      const order = compareIds(idOf(row), id);
      if (order === 0) return row as Row;
      if (order > 0) return undefined;
    }
    return undefined;
  }

  /** The list that `selected` selects. Undefined: there is none. */
  list(kind: MovedKind, selected: string | undefined): PageRead | undefined {
    const list = listOf(this.#stores, kind, selected);
    return list === undefined ? undefined : this.#reading(kind, list);
  }

  #reading(kind: MovedKind, read: Read): PageRead {
    return (request) => this.#read(kind, () => read(request));
  }

  /** Asks again while the side is busy for a moment, because only the operator waits for a comparison. */
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
        this.#leftMs -= Math.max(MIN_ASKED_MS, performance.now() - began);
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

/** Makes an error that says what could not be read. */
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

/** What could not be read, according to the error. Throws any other error. */
export function unreadIn(error: unknown): Unread {
  const unread = (error as { readonly [UNREAD]?: Unread } | undefined)?.[UNREAD];
  if (unread === undefined) throw error;
  return unread;
}
