/**
 * Moving from one storage to another while both are in use: the surface `migration` of an adapter over two others.
 *
 * Until the move is over the old side has the authority: sections and writes happen there, and are copied to the new
 * side. What a write owes the new side is stored durably on the old one before, or with, the write itself, and removed
 * when the copy is there: a new side that fails neither fails nor repeats anything.
 */
import type { Awaitable, StorageAdapter } from './adapter.ts';
import type { StorageErrorCode } from './errors.ts';
import type { Json } from './records.ts';

/**
 * How far an instance has moved. Instances of all stages may be in one fleet, also those of a version that knows of the
 * old side alone; backfill and comparison need a fleet that is at `dual` or behind it.
 *
 * | stage    | locks taken  | writes              | reads outside sections |
 * | -------- | ------------ | ------------------- | ---------------------- |
 * | before   | old          | old                 | old                    |
 * | bridged  | old, new     | old                 | old                    |
 * | dual     | old, new     | old, copied to new  | old                    |
 * | cut-over | old, new     | old, copied to new  | new; of tokens, old    |
 */
export const STAGES = ['before', 'bridged', 'dual', 'cut-over'] as const;
export type Stage = (typeof STAGES)[number];

/** Kinds of records that are moved. */
export const MOVED_KINDS = ['streams', 'users', 'activity', 'idempotency', 'jobs', 'audit'] as const;
export type MovedKind = (typeof MOVED_KINDS)[number];

export interface Migration {
  /** The two sides, as a binary sees them that knows of one alone. They are closed with the adapter. */
  readonly old: StorageAdapter;
  readonly new: StorageAdapter;
  /**
   * This instance's stage from now on. Operations, sections among them, end in the stage in which they began.
   * Errors: CONFLICT for `cut-over` while something is owed or the sides differ, with what in `details`.
   */
  moveTo(stage: Stage): Awaitable<void>;
  /**
   * Copies at most `limit` records of the deciding side to the other one, after those that were copied before; a new pass
   * starts when the last one is done. Copies what the deciding side has at that moment: a newer record is not overwritten,
   * what was deleted or has expired does not come back, and what the other side alone has is removed. A batch is owed before it
   * is copied. A record that cannot be copied is in `failed`, stays owed, and holds nothing up. Errors: INVALID_RECORD (the
   * limit), CONFLICT (the instance does not write to both sides), UNAVAILABLE (the other side is away; call again).
   */
  backfill(limit: number): Awaitable<BackfillProgress>;
  /** Copies what at most `limit` earlier writes still owe the new side. Errors: INVALID_RECORD, CONFLICT, as backfill. */
  repair(limit: number): Awaitable<RepairProgress>;
  /**
   * Says where the sides differ, at most `limit` times: records, and lists page by page, with cursors of the side that
   * decides followed on the other one. A difference counts when it rests; a record that owes a copy is a debt and none.
   * Also answers while a side cannot be read, with what in `unread`. Errors: INVALID_RECORD.
   */
  compare(limit: number): Awaitable<Comparison>;
}

export interface BackfillProgress {
  /** Records of the deciding side that were looked at. */
  readonly examined: number;
  /** Those that the other side lacked, or had otherwise. */
  readonly copied: number;
  /** Records that the other side alone had, and has no more. */
  readonly removed: number;
  /** Records that could not be copied. They are owed: repair tries them again. */
  readonly failed: readonly FailedCopy[];
  /** Whether this pass has come to the end. */
  readonly done: boolean;
  /** Records that were looked at in the whole pass until now. */
  readonly position: number;
  /** How many there were when the pass began; absent where counting them takes reading them. */
  readonly total?: number;
  /** Records that were looked at per second, in this call. */
  readonly perSecond: number;
}

/** A record that could not be copied, with the error of the side that failed. */
export interface FailedCopy {
  readonly kind: MovedKind;
  /** Absent: the job that some worker was given. */
  readonly id?: string;
  /** `none`: an error without a code. */
  readonly code: StorageErrorCode | 'none';
  readonly reason: string;
}

export interface RepairProgress {
  readonly repaired: number;
  /** Writes that have happened and still owe a copy. */
  readonly owed: number;
}

export const DIFFERENCES = ['missing', 'extra', 'differs', 'order'] as const;

export interface SideDifference {
  readonly kind: MovedKind;
  /** Of the record; of a list that goes on differently, the first id of the deciding side there, or the last one before its end. */
  readonly id: string;
  /**
   * The side that decides is the measure, until the authority moves the old one. `missing`: on the other side; `extra`:
   * there alone; `differs`: in `fields`; `order`: a list of the other side goes on with other records, in pages of `limit`.
   */
  readonly what: (typeof DIFFERENCES)[number];
  readonly fields?: readonly string[];
  /** Of a record that differs, what each side has in each of the `fields`; of a list, the `id` that comes next there. Absent: nothing. */
  readonly values?: Readonly<Record<string, { readonly old?: Json; readonly new?: Json }>>;
  readonly limit?: number;
}

/** What could not be compared: it is not known to be the same. */
export interface Unread {
  readonly kind: MovedKind;
  /** The one record; absent: the whole kind from somewhere on. */
  readonly id?: string;
  /** The side that could not be read, or that changed at every look. */
  readonly from: 'old' | 'new';
  readonly reason: string;
}

/** The sides are the same where there is no difference, nothing unread and nothing owed. */
export interface Comparison {
  readonly differences: readonly SideDifference[];
  /** Records of the deciding side that were compared. */
  readonly compared: number;
  /** Writes that owe the other side a copy, for longer than a copy under way takes. */
  readonly owed: number;
  readonly unread: readonly Unread[];
}
