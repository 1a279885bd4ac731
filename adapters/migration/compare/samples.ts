/** Chooses the lists to compare: small lists as a whole, and sampled pages of large lists. */
import { encodeListCursor, type MovedKind } from '../../contract/index.ts';
import type { ComparedList } from './lists.ts';
import { isSummed } from './records.ts';
import type { Pair } from './rest.ts';
import { listWith, type Row } from '../sides/kinds.ts';

/** The sizes of the pages in which lists are read: single rows, pairs, and an odd size. */
const LIMITS = [1, 2, 7] as const;
/** If a kind has more records than this, its lists are sampled. */
const FEW = 100;
const SAMPLES = 4;
/** How many pages are read from each sample on. */
const PAGES = 2;
/** How many rows a page has if a large list is read as a whole. */
const LARGE = 1000;

const TIMES: Readonly<Partial<Record<MovedKind, string>>> = {
  streams: 'createdAt',
  activity: 'timestamp',
  jobs: 'requestedAt',
  audit: 'timestamp',
};

/** A random sample of the records of a kind. */
export class Samples {
  readonly #kind: MovedKind;
  readonly #rows: Row[] = [];
  #count = 0;

  constructor(kind: MovedKind) {
    this.#kind = kind;
  }

  add(row: Row, count: number): void {
    this.#count += count;
    const at = this.#rows.length < FEW ? this.#rows.length : Math.floor(Math.random() * this.#count);
    if (at < FEW) this.#rows[at] = row;
  }

  get areAll(): boolean {
    return this.#count <= FEW;
  }

  /** The values that select the lists in which the records are. Undefined: the list of all records. */
  get lists(): readonly (string | undefined)[] {
    const all = [...new Set([undefined, ...this.#rows.map((row) => listWith(this.#kind, row))])];
    return this.areAll ? all : all.slice(0, SAMPLES + 1);
  }

  /** Cursors behind some of the records, in the list that `selected` selects. */
  cursors(selected: string | undefined): string[] {
    const field = TIMES[this.#kind];
    if (field === undefined) return [];
    return this.#rows
      .filter((row) => listWith(this.#kind, row) === selected)
      .slice(0, SAMPLES)
      .map((row) => encodeListCursor({ timestamp: row[field] as string, id: row['id'] as string }));
  }
}

/** The lists to read, and where to start. */
export function* sampledLists(
  kind: MovedKind,
  samples: Samples,
  pair: Pair,
  named: ReadonlySet<string>,
): Generator<ComparedList> {
  for (const selected of samples.lists) {
    // With checksums of one format both sides have the same columns, and the same statement sorts them.
    if (!samples.areAll && !isSummed(pair)) yield { kind, selected, limit: LARGE, named };
    for (const limit of LIMITS) {
      if (samples.areAll) yield { kind, selected, limit, named };
      else
        for (const start of [undefined, ...samples.cursors(selected)])
          yield { kind, selected, limit, named, start, pages: PAGES };
    }
  }
}
