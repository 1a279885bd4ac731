/** Lists as sequences: small ones as a whole, of large ones some pages from here and there. */
import { encodeListCursor, type MovedKind } from '../../contract/index.ts';
import type { ComparedList } from './lists.ts';
import { isSummed } from './records.ts';
import type { Pair } from './rest.ts';
import { listWith, type Row } from '../sides/kinds.ts';

/** Sizes of the pages in which lists are followed: each row by itself, pairs, and a size that divides neither. */
const LIMITS = [1, 2, 7] as const;
/** Of a kind with more records lists are sampled. */
const FEW = 100;
const SAMPLES = 4;
/** Pages that are followed from each sample. */
const PAGES = 2;
/** Rows of a page where a large list is followed as a whole. */
const LARGE = 1000;

const TIMES: Readonly<Partial<Record<MovedKind, string>>> = {
  streams: 'createdAt',
  activity: 'timestamp',
  jobs: 'requestedAt',
  audit: 'timestamp',
};

/** Some records of a kind, each as likely as any other. */
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

  /** The values that select lists in which they are; undefined: the list of all. */
  get lists(): readonly (string | undefined)[] {
    const all = [...new Set([undefined, ...this.#rows.map((row) => listWith(this.#kind, row))])];
    return this.areAll ? all : all.slice(0, SAMPLES + 1);
  }

  /** Cursors behind some of them, in the list that `selected` selects. */
  cursors(selected: string | undefined): string[] {
    const field = TIMES[this.#kind];
    if (field === undefined) return [];
    return this.#rows
      .filter((row) => listWith(this.#kind, row) === selected)
      .slice(0, SAMPLES)
      .map((row) => encodeListCursor({ timestamp: row[field] as string, id: row['id'] as string }));
  }
}

/** The lists to follow, and from where. */
export function* sampledLists(
  kind: MovedKind,
  samples: Samples,
  pair: Pair,
  named: ReadonlySet<string>,
): Generator<ComparedList> {
  for (const selected of samples.lists) {
    // Where sums are equal both sides have the same rows in the same columns, which one statement sorts.
    if (!samples.areAll && !isSummed(pair)) yield { kind, selected, limit: LARGE, named };
    for (const limit of LIMITS) {
      if (samples.areAll) yield { kind, selected, limit, named };
      else
        for (const start of [undefined, ...samples.cursors(selected)])
          yield { kind, selected, limit, named, start, pages: PAGES };
    }
  }
}
