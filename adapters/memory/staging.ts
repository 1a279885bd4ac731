/** A section's writes to one table: seen through the section alone, until they are applied together. */
import { StorageError, type Timestamp } from '../contract/index.ts';
import { comparePositions, type Position } from './sortedIndex.ts';
import { Table, alreadyExists, notFound, type Expectation, type Rows } from './table.ts';

interface Assumption<T> {
  readonly expectation: Expectation;
  readonly seen: T | undefined;
}

export class StagedTable<T> implements Rows<T> {
  readonly #base: Table<T>;
  readonly #staged: Table<T>;
  readonly #deleted = new Set<string>();
  /** For every id written or deleted here: what its first write took for granted. */
  readonly #assumptions = new Map<string, Assumption<T>>();

  constructor(base: Table<T>) {
    this.#base = base;
    this.#staged = new Table(base.definition);
  }

  get(id: string): T | undefined {
    return this.#assumptions.has(id) ? this.#staged.get(id) : this.#base.get(id);
  }

  set(row: T, expectation: Expectation): void {
    const id = this.#base.definition.idOf(row);
    this.#assume(id, expectation);
    this.#deleted.delete(id);
    this.#staged.set(row);
  }

  delete(id: string): boolean {
    if (this.get(id) === undefined) return false;
    this.#assume(id, 'any');
    this.#staged.delete(id);
    this.#deleted.add(id);
    return true;
  }

  *positions(index: string, after: Position | undefined, falling: boolean): Generator<Position> {
    const ours = this.#staged.positions(index, after, falling)[Symbol.iterator]();
    let next = ours.next();
    for (const position of this.#base.positions(index, after, falling)) {
      if (this.#assumptions.has(position.id)) continue;
      while (next.done !== true && comparePositions(next.value, position) < 0 !== falling) {
        yield next.value;
        next = ours.next();
      }
      yield position;
    }
    for (; next.done !== true; next = ours.next()) yield next.value;
  }

  /** Throws the error of the first write that contradicts what others have stored meanwhile. */
  check(now: Timestamp): void {
    const { definition } = this.#base;
    const { surface } = definition;
    for (const [id, { expectation, seen }] of this.#assumptions) {
      const stored = this.#base.get(id);
      const isThere = stored !== undefined && definition.isGone?.(stored, now) !== true;
      if (expectation === 'absent' && isThere) throw alreadyExists(surface, id);
      if (expectation === 'present' && !isThere) throw notFound(surface, id);
      if (expectation === 'same' && stored !== seen) throw changedMeanwhile(surface, id);
    }
  }

  apply(): void {
    for (const id of this.#assumptions.keys()) {
      const row = this.#staged.get(id);
      if (row !== undefined) this.#base.set(row);
      else if (this.#deleted.has(id)) this.#base.delete(id);
    }
  }

  #assume(id: string, expectation: Expectation): void {
    if (!this.#assumptions.has(id)) this.#assumptions.set(id, { expectation, seen: this.#base.get(id) });
  }
}

function changedMeanwhile(surface: string, id: string): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected ${surface} ${JSON.stringify(id)} as the section read it, but it was changed outside. Nothing was changed.`,
    { details: { surface, id } },
  );
}
