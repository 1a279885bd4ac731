/** Rows by id with the indexes that lists need. Rows are immutable: a write replaces the row's object. */
import type { Surface, Timestamp } from '../contract/index.ts';
import { SortedIndex, type Position } from './sortedIndex.ts';

/** An index that a row belongs to, and the time that orders it there. */
export interface IndexEntry {
  readonly index: string;
  readonly time: Timestamp;
}

/** What the tables do not have in common. */
export interface TableDefinition<T> {
  /** For error details. */
  readonly surface: Surface;
  idOf(row: T): string;
  /** The indexes of the lists that show the row, besides the scan. */
  entriesOf(row: T): readonly IndexEntry[];
  /** Whether a row counts as absent to an insert at `now`. Default: never. */
  isGone?(row: T, now: Timestamp): boolean;
}

/**
 * What a write assumes about the stored row: that it is absent, that it is present, that it is still the same object,
 * or nothing. The assumption is checked again when the write is applied.
 */
export type Expectation = 'absent' | 'present' | 'same' | 'any';

/** What the stores read and write: a table itself, or a section's staged view of it. */
export interface Rows<T> {
  get(id: string): T | undefined;
  set(row: T, expectation: Expectation): void;
  /** Deletes the row. Returns whether it existed. */
  delete(id: string): boolean;
  /** The positions of an index after `after`. The rows must not change while they are read. */
  positions(index: string, after: Position | undefined, falling: boolean): Iterable<Position>;
}

/** The index of all rows by id. */
export const SCAN = 'scan';

export class Table<T> implements Rows<T> {
  readonly definition: TableDefinition<T>;
  readonly #rows = new Map<string, T>();
  readonly #indexes = new Map<string, SortedIndex>();

  constructor(definition: TableDefinition<T>) {
    this.definition = definition;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  set(row: T): void {
    const id = this.definition.idOf(row);
    const replaced = this.#rows.get(id);
    this.#rows.set(id, row);
    const after = this.definition.entriesOf(row);
    if (replaced === undefined) {
      this.#indexOf(SCAN).insert({ time: '', id });
      this.#insert(after, id);
      return;
    }
    const before = this.definition.entriesOf(replaced);
    // Most updates do not move a row in any list.
    for (const entry of before) if (!includes(after, entry)) this.#remove(entry.index, positionIn(entry, id));
    this.#insert(
      after.filter((entry) => !includes(before, entry)),
      id,
    );
  }

  /** Lists that order a row by the same time share its position. */
  #insert(entries: readonly IndexEntry[], id: string): void {
    let time: Timestamp | undefined;
    let position: Position | undefined;
    for (const entry of entries) {
      if (position === undefined || entry.time !== time) position = positionIn(entry, id);
      time = entry.time;
      this.#indexOf(entry.index).insert(position);
    }
  }

  delete(id: string): boolean {
    const row = this.#rows.get(id);
    if (row === undefined) return false;
    this.#rows.delete(id);
    this.#remove(SCAN, { time: '', id });
    for (const entry of this.definition.entriesOf(row)) this.#remove(entry.index, positionIn(entry, id));
    return true;
  }

  positions(index: string, after: Position | undefined, falling: boolean): Iterable<Position> {
    const entries = this.#indexes.get(index);
    if (entries === undefined) return [];
    return falling ? entries.falling(after) : entries.rising(after);
  }

  #indexOf(name: string): SortedIndex {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = new SortedIndex();
    this.#indexes.set(name, index);
    return index;
  }

  #remove(name: string, position: Position): void {
    const index = this.#indexes.get(name);
    index?.remove(position);
    if (index?.isEmpty === true) this.#indexes.delete(name);
  }
}

/** `time` as positions contain it: the order of these texts is the order of the times. */
export function timeKey(time: Timestamp): string {
  return time.slice(0, -1).padEnd(26, '0');
}

function includes(entries: readonly IndexEntry[], entry: IndexEntry): boolean {
  return entries.some(({ index, time }) => index === entry.index && time === entry.time);
}

function positionIn(entry: IndexEntry, id: string): Position {
  return { time: timeKey(entry.time), id };
}

/** The position of `row` in the index, or none. */
export function positionsOf<T>(definition: TableDefinition<T>, row: T, index: string): Position[] {
  const id = definition.idOf(row);
  if (index === SCAN) return [{ time: '', id }];
  return definition
    .entriesOf(row)
    .filter((entry) => entry.index === index)
    .map((entry) => positionIn(entry, id));
}
