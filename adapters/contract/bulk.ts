/**
 * Records by the thousand: the surface `bulk` of a storage that moves can copy to and compare with in few calls. Without
 * it a move reads pages and writes records one by one.
 */
import { createHash } from 'node:crypto';
import type { Awaitable } from './adapter.ts';
import type { MovedKind } from './movedKinds.ts';

/** A stretch of ids, in the order of their UTF-8 bytes. */
export interface IdRange {
  /** Ids behind this one. Absent: from the first. */
  readonly after?: string;
  /** Ids up to this one, which is included. Absent: to the last. */
  readonly upTo?: string;
  /** At most so many, the first ones. Absent: all. */
  readonly limit?: number;
}

export interface RangeSum {
  readonly count: number;
  /** Of the records' canonical bytes, in the order of ids. */
  readonly digest: string;
  /** The last id; absent: there is none. */
  readonly last?: string;
}

/** What one of several records is, by its id. One that is absent is not there. */
export type RecordsById = ReadonlyMap<string, object>;

/** What a batch of copies changed. */
export interface Applied {
  /** Records that were not there, or were there otherwise. */
  readonly put: number;
  readonly removed: number;
}

export interface Bulk {
  /**
   * Names what the digests are made of. Digests of two storages are compared where both have the same format: equal ones
   * are those of equal records. Others may be those of equal records, too: in JSON whose keys come in another order.
   */
  readonly format: string;
  /** How many records there are. */
  count(kind: MovedKind): Awaitable<number>;
  /** The ids of the range, in their order. Records that have expired do not count. */
  ids(kind: MovedKind, range: IdRange): Awaitable<readonly string[]>;
  /** The records with these ids. */
  get(kind: MovedKind, ids: readonly string[]): Awaitable<RecordsById>;
  checksum(kind: MovedKind, range: IdRange): Awaitable<RangeSum>;
  /**
   * Takes the copy locks of all these records, calls `read`, and makes the storage say exactly what it answers, of records
   * that are not in the answer that they are not there; all of them or none. `read` may be called again. Errors: those of `read`, those of writes, of which one record may be the cause; UNAVAILABLE, FENCED.
   */
  apply(
    kind: MovedKind,
    ids: readonly string[],
    read: (ids: readonly string[]) => Promise<RecordsById>,
  ): Awaitable<Applied>;
}

/** Which lock of a storage a copy of the record takes, if it takes one of those of streams. */
export function copyLock(kind: MovedKind, id: string): string {
  return `migration-copy-${createHash('sha256').update(`${kind} ${id}`).digest('hex')}`;
}
