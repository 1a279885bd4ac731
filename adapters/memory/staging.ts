/** A section's writes to one table. Only the section sees them until they are applied together. */
import { StorageError, type Timestamp } from '../contract/index.ts';
import { alreadyExists, notFound } from '../contract/rules/refusals.ts';
import { comparePositions, type Position } from './sortedIndex.ts';
import { positionsOf, type Expectation, type Rows, type Table } from './table.ts';

/** The section's change of one row. */
interface Change<T> {
  /** What the first write to the row assumed, and the stored row at that time. */
  readonly expectation: Expectation;
  readonly seen: T | undefined;
  /** The new row. Undefined: the row is deleted. */
  readonly row: T | undefined;
}

/** Shared by the tables that a section does not change, which is nearly all of them. */
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

export class StagedTable<T> implements Rows<T> {
  readonly #base: Table<T>;
  #changes: ReadonlyMap<string, Change<T>> = NOTHING;

  constructor(base: Table<T>) {
    this.#base = base;
  }

  get(id: string): T | undefined {
    const change = this.#changes.get(id);
    return change === undefined ? this.#base.get(id) : change.row;
  }

  set(row: T, expectation: Expectation): void {
    this.#change(this.#base.definition.idOf(row), row, expectation);
  }

  delete(id: string): boolean {
    const wasThere = this.get(id) !== undefined;
    if (wasThere) this.#change(id, undefined, 'any');
    return wasThere;
  }

  *positions(index: string, after: Position | undefined, falling: boolean): Generator<Position> {
    const isBefore = (a: Position, b: Position): boolean =>
      falling ? comparePositions(a, b) > 0 : comparePositions(a, b) < 0;
    const staged = this.#stagedPositions(index).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    const ours = staged.filter((position) => after === undefined || isBefore(after, position));
    let next = 0;
    for (const position of this.#base.positions(index, after, falling)) {
      if (this.#changes.has(position.id)) continue;
      for (; next < ours.length && isBefore(ours[next] as Position, position); next += 1)
        yield ours[next] as Position;
      yield position;
    }
    yield* ours.slice(next);
  }

  /** Throws the error of the first write that conflicts with rows that others have stored since. */
  check(now: Timestamp): void {
    const { definition } = this.#base;
    const { surface } = definition;
    for (const [id, { expectation, seen }] of this.#changes) {
      const stored = this.#base.get(id);
      const isThere = stored !== undefined && definition.isGone?.(stored, now) !== true;
      if (expectation === 'absent' && isThere) throw alreadyExists(surface, id);
      if (expectation === 'present' && !isThere) throw notFound(surface, id);
      if (expectation === 'same' && stored !== seen) throw changedMeanwhile(surface, id);
    }
  }

  apply(): void {
    for (const [id, { row }] of this.#changes) {
      if (row === undefined) this.#base.delete(id);
      else this.#base.set(row);
    }
  }

  #change(id: string, row: T | undefined, expectation: Expectation): void {
    const first = this.#changes.get(id) ?? { expectation, seen: this.#base.get(id) };
    const changes =
      this.#changes === NOTHING ? new Map<string, Change<T>>() : (this.#changes as Map<string, Change<T>>);
    this.#changes = changes.set(id, { expectation: first.expectation, seen: first.seen, row });
  }

  /** A linear search is enough: sections write few rows and rarely list. */
  #stagedPositions(index: string): Position[] {
    const found: Position[] = [];
    for (const { row } of this.#changes.values()) {
      if (row !== undefined) found.push(...positionsOf(this.#base.definition, row, index));
    }
    return found;
  }
}

function changedMeanwhile(surface: string, id: string): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected ${surface} ${JSON.stringify(id)} as the section read it, but it was changed outside. Nothing was changed.`,
    { details: { surface, id } },
  );
}
