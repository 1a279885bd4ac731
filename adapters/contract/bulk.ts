/**
 * The member `bulk` of a storage: copies and compares thousands of records in few calls. Without it, a move between
 * storages reads pages and writes records one by one.
 */
import { createHash } from 'node:crypto';
import type { Awaitable } from './adapter.ts';
import type { MovedKind } from './migration/movedKinds.ts';

/** A range of ids, in the order of their UTF-8 bytes. */
export interface IdRange {
  /** The range starts behind this id. Absent: at the first id. */
  readonly after?: string;
  /** The range ends with this id, inclusive. Absent: with the last id. */
  readonly upTo?: string;
  /** At most this many ids, the first ones. Absent: all. */
  readonly limit?: number;
}

export interface RangeSum {
  readonly count: number;
  /** A digest of the records' canonical bytes, in the order of ids. */
  readonly digest: string;
  /** The last id of the range. Absent: the range is empty. */
  readonly last?: string;
}

/** Records by id. An id that is not a key has no record. */
export type RecordsById = ReadonlyMap<string, object>;

/** How many records a batch of copies changed. */
export interface Applied {
  /** Records that were missing or different, and were written. */
  readonly put: number;
  readonly removed: number;
}

/** What has changed since some moment, found out without reading what has not. */
export interface Changes {
  /** This moment, in the storage's own words. Undefined: the storage cannot tell now. */
  now(): Awaitable<string | undefined>;
  /**
   * The ids of the records that were stored or changed since `moment`, in any order; it may name others, but never leaves one
   * out. Records that were removed are not named. Undefined: there are more than `limit`, or the moment is not of this
   * storage, such as after it was restored from a backup.
   */
  since(kind: MovedKind, moment: string, limit: number): Awaitable<readonly string[] | undefined>;
  /** As `checksum`, of the ids alone. */
  idSum(kind: MovedKind, range: IdRange): Awaitable<RangeSum>;
}

export interface Bulk {
  /**
   * Names the format of the digested bytes. Digests of two storages are compared only if both have the same format. Equal
   * digests mean equal records. Unequal digests may still belong to equal records, if the keys of their JSON are in another
   * order.
   */
  readonly format: string;
  /** How many records there are. */
  count(kind: MovedKind): Awaitable<number>;
  /** The ids of the range, in order, without those of expired records. */
  ids(kind: MovedKind, range: IdRange): Awaitable<readonly string[]>;
  /** The records with these ids. */
  get(kind: MovedKind, ids: readonly string[]): Awaitable<RecordsById>;
  /** The count and the digest of the records of the range. */
  checksum(kind: MovedKind, range: IdRange): Awaitable<RangeSum>;
  /** Absent: the storage cannot tell what has changed. */
  readonly changes?: Changes;
  /**
   * Takes the copy locks of all these records, calls `read`, and makes the storage equal to the answer: it writes the
   * records in the answer, and removes those that are not in it. All changes commit, or none. `read` may be called again.
   *
   * @throws What `read` throws, or {@link StorageError} with the codes of writes (one record may be the cause),
   *   `UNAVAILABLE`, `FENCED`.
   */
  apply(
    kind: MovedKind,
    ids: readonly string[],
    read: (ids: readonly string[]) => Promise<RecordsById>,
  ): Awaitable<Applied>;
}

/** The id under which a copy of the record takes a stream lock, in a storage that has no other lock for copies. */
export function copyLock(kind: MovedKind, id: string): string {
  return `migration-copy-${createHash('sha256').update(`${kind} ${id}`).digest('hex')}`;
}
