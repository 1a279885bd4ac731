/**
 * The surface `migration` of an adapter over two others: moving from one storage to another while both are in use.
 *
 * One side decides: the old one, until the authority is handed over. Sections and writes happen on the deciding side and
 * are copied to the other one. The deciding side durably stores that a write owes a copy, before or together with the write,
 * and removes this entry once the copy exists. A side that only accepts copies therefore never makes a write fail or repeat.
 *
 * Words: an order tells every instance its stage and where it reads. The fleet is all instances of one move. A hand over
 * moves the authority from one side to the other. The operator is whoever runs the move; there is one at a time.
 */
import type { Awaitable, RecordAdapter } from '../adapter.ts';
import type { Authority } from '../authority.ts';
import type { Bulk } from '../bulk.ts';
import type { StorageErrorCode } from '../errors.ts';
import type { MovedKind } from './movedKinds.ts';
import type { Json, Timestamp } from '../records.ts';
import type { StorageSchema } from '../schema.ts';

/**
 * How far an instance has moved. A fleet may contain instances at all stages, and also instances of a version that knows only
 * the old side. Backfill and comparison need a fleet whose instances are all at `dual` or a later stage.
 *
 * | stage    | locks taken  | writes              | reads outside sections |
 * | -------- | ------------ | ------------------- | ---------------------- |
 * | before   | old          | old                 | old                    |
 * | bridged  | old, new     | old                 | old                    |
 * | dual     | old, new     | old, copied to new  | old                    |
 * | cut-over | old, new     | old, copied to new  | new; of tokens, old    |
 *
 * Once the new side decides, every instance writes to it, copies to the old side and reads from the new one, whatever its
 * stage.
 */
export const STAGES = ['before', 'bridged', 'dual', 'cut-over'] as const;
export type Stage = (typeof STAGES)[number];

export const MIGRATION_SIDES = ['old', 'new'] as const;
export type MigrationSide = (typeof MIGRATION_SIDES)[number];

/** The surfaces whose reads can be moved, each separately. */
export const READ_SURFACES = ['streams', 'users', 'activity', 'idempotency', 'exports'] as const;
export type ReadSurface = (typeof READ_SURFACES)[number];

/** The share of reads of each surface that the new side answers: a percentage from 0 to 100 of the keys that are read. */
export type ReadShares = Readonly<Record<ReadSurface, number>>;

/** A storage that records can be moved from, or to. */
export interface SideAdapter extends RecordAdapter {
  /** Present if the storage can be told who may write to it. */
  readonly authority?: Authority;
  /** Present if many records at once can be copied to the storage and compared in it. */
  readonly bulk?: Bulk;
  /** Present if the storage has tables and indexes. */
  readonly schema?: StorageSchema;
}

/**
 * The surface `migration`. Besides the codes that each method names, its methods reject with `CLOSED` once the adapter is
 * closed, and with `UNAVAILABLE` if a side that they need does not answer, or neither side decides.
 */
export interface Migration {
  /**
   * The two sides, as an application version sees them that knows only one of them. They are closed with the adapter. They are
   * the same objects that the adapter itself calls: clauses replace their methods to make them fail.
   */
  readonly old: SideAdapter;
  readonly new: SideAdapter;
  /**
   * Sets the stage of this instance until it obeys a newer order. Operations, including sections, end in the stage in which
   * they began.
   *
   * @throws {@link StorageError} with `INVALID_RECORD` (there is no such stage), `CONFLICT` (the stage is `cut-over`, and copies
   *   are owed or the sides differ; `details` says what).
   */
  moveTo(stage: Stage): Awaitable<void>;
  /**
   * Gives the fleet an order. Omitted members keep their values of the latest order. A stage without `reads` sets the reads
   * of that stage. Instances that follow orders obey within a second.
   *
   * @throws {@link StorageError} with `INVALID_RECORD`, or `CONFLICT`: another order came in the meantime, another operator is
   *   at work (`owner` and `since` are in `details`), or the order moves reads while copies are owed or the sides differ.
   */
  instruct(order: Order): Awaitable<Control>;
  /**
   * Takes the operator's lock for `owner`, or renews it if this instance has it already. The instance renews it for as long
   * as it lives; the lock expires a few seconds after that. `instruct`, `begin`, `handOver`, `giveBack` and `finish` take the
   * lock themselves if nobody has it.
   *
   * @throws {@link StorageError} with `CONFLICT` (another operator is at work), `INVALID_RECORD` (the owner is malformed).
   */
  operate(owner: string): Awaitable<Operator>;
  /** Releases the operator's lock if this instance has it. */
  retire(): Awaitable<void>;
  /**
   * Sets epoch 1 on both sides: the old side decides, and the new side accepts only copies. Changes nothing if an epoch is
   * already set.
   *
   * @throws {@link StorageError} with `UNSUPPORTED` (a side lacks `authority`), `CONFLICT` (another operator is at work).
   */
  begin(): Awaitable<AuthorityView>;
  /**
   * Hands the authority over to the side `to`. Open sections end within `drainMs` milliseconds or are ended. Everything that
   * is owed is copied, and then `to` decides. Jobs that workers have claimed can be claimed again on that side, as their next
   * attempt, and executions in progress must begin again there. If a step fails, the previous side decides again.
   *
   * @throws {@link StorageError} with `UNSUPPORTED` (a side lacks `authority`), `INVALID_RECORD`, or `CONFLICT`: the move has
   *   not begun or is finished, `to` decides already, another operator is at work, an instance does not copy what it writes,
   *   the new side shows other records, or a record could not be copied (`failed` in `details` says which and why). With
   *   `UNAVAILABLE` if neither side decides, because the authority could not be given back after a step failed.
   */
  handOver(to: MigrationSide, options: { readonly drainMs: number }): Awaitable<HandOver>;
  /**
   * Ends an interrupted hand over: the side that decided before decides again. Changes nothing if a side decides.
   *
   * @throws {@link StorageError} with `UNSUPPORTED`, `CONFLICT` (the operator of the hand over is still at work).
   */
  giveBack(): Awaitable<AuthorityView>;
  /**
   * Ends the move. The new side decides permanently, also for writers that name no epoch, and nothing is copied any more.
   *
   * @throws {@link StorageError} with `UNSUPPORTED`, or `CONFLICT`: the old side decides, copies are owed, another operator is
   *   at work, or records from the time when the old side decided may not have expired yet (`despiteLifetimes` skips this
   *   check).
   */
  finish(options?: { readonly despiteLifetimes?: boolean }): Awaitable<AuthorityView>;
  /** Returns what an operator needs to know. It also answers while the side that does not decide is down. */
  status(): Awaitable<MigrationStatus>;
  /**
   * Copies at most `limit` records of the deciding side to the other one, continuing where the last call stopped. A new pass
   * starts when the last one is done. It copies what the deciding side has at that moment: a newer record is never overwritten,
   * deleted and expired records do not come back, and records that only the other side has are removed. A batch is stored as
   * owed before it is copied. A record that cannot be copied is listed in `failed`, stays owed, and delays nothing else.
   *
   * @throws {@link StorageError} with `INVALID_RECORD` (the limit), `CONFLICT` (this instance does not write to both sides),
   *   `UNAVAILABLE` (the other side cannot be reached; call again).
   */
  backfill(limit: number): Awaitable<BackfillProgress>;
  /**
   * Copies records that earlier writes still owe the other side: at most `limit` records, each one once, however many writes
   * owe it. `perSecond` limits the rate, in records per second.
   *
   * @throws {@link StorageError} with `INVALID_RECORD` (the limit or the rate), or with the other codes of
   *   {@link Migration.backfill}.
   */
  repair(limit: number, options?: { readonly perSecond?: number }): Awaitable<RepairProgress>;
  /**
   * Compares the sides and returns at most `limit` differences. It compares records, and it compares lists page by page, with
   * the deciding side's cursors followed on the other side. A difference counts only if it persists. A record that owes a copy
   * counts as owed, not as a difference. If a side cannot be read, `unread` says what was not compared.
   *
   * @throws {@link StorageError} with `INVALID_RECORD` (the limit or an option).
   */
  compare(limit: number, options?: CompareOptions): Awaitable<Comparison>;
}

export interface BackfillProgress {
  /** Records of the deciding side that this call examined. */
  readonly examined: number;
  /** Records that were missing or different on the other side, and were copied. */
  readonly copied: number;
  /** Records that only the other side had, and that were removed. */
  readonly removed: number;
  /** Records that could not be copied. They stay owed, and `repair` tries them again. */
  readonly failed: readonly FailedCopy[];
  /** Whether this pass is complete. */
  readonly done: boolean;
  /** Records that the whole pass has examined so far. */
  readonly position: number;
  /** The number of records when the pass began. Absent if they cannot be counted without reading them. */
  readonly total?: number;
  /** Records that this call examined, per second. */
  readonly perSecond: number;
}

/** A record that could not be copied, with the error of the side that failed. */
export interface FailedCopy {
  readonly kind: MovedKind;
  /** Absent: a job that a worker had claimed, whose id is unknown. */
  readonly id?: string;
  /** `none`: an error without a code. */
  readonly code: StorageErrorCode | 'none';
  readonly reason: string;
}

export interface RepairProgress {
  /** Writes whose copies now exist. */
  readonly repaired: number;
  /** Writes that still owe a copy. */
  readonly owed: number;
  /** Records that could not be copied. They stay owed. */
  readonly failed: readonly FailedCopy[];
}

/** An order to the fleet. */
export interface Order {
  readonly stage?: Stage;
  readonly reads?: Partial<ReadShares>;
  /** Whether reads that the deciding side answers are also compared with the other side. */
  readonly shadow?: boolean;
}

/** The latest order. */
export interface Control {
  /** Starts at 1 and grows by 1 with each order. */
  readonly version: number;
  readonly stage: Stage;
  readonly reads: ReadShares;
  readonly shadow: boolean;
  readonly at: Timestamp;
  readonly by: string;
}

export interface Operator {
  readonly owner: string;
  readonly since: Timestamp;
}

/** Which side decides. */
export interface AuthorityView {
  /** Undefined: neither side, while the authority is being handed over. */
  readonly decides: MigrationSide | undefined;
  /** 0: the move has not begun. It grows by one or two with each hand over. */
  readonly epoch: number;
  readonly finished: boolean;
}

export interface HandOver {
  /** The epoch in which `to` decides. */
  readonly epoch: number;
  readonly from: MigrationSide;
  readonly to: MigrationSide;
  /** How long neither side decided, in milliseconds. */
  readonly gapMs: number;
  /** Sections and transactions that were ended because they did not end within `drainMs`. */
  readonly ended: number;
  /** Records that were copied while neither side decided. */
  readonly copied: number;
  /** Jobs that workers had claimed and that can be claimed again. */
  readonly requeued: number;
}

/** An instance of the fleet. */
export interface RegisteredInstance {
  readonly id: string;
  readonly stage: Stage;
  /** The version of the order that it obeys. 0: none yet. */
  readonly control: number;
  readonly epoch: number;
  /** How long its oldest open section has been open, in milliseconds. 0: no section is open. */
  readonly oldestSectionMs: number;
  /** The version of lockstep that it runs. */
  readonly lockstep: string;
  readonly at: Timestamp;
  /** Reads that it has compared with the other side since it was opened, and how many of them differed. */
  readonly shadowed: number;
  readonly shadowDifferences: number;
}

export interface MigrationStatus {
  readonly authority: AuthorityView;
  readonly control: Control | undefined;
  readonly operator: Operator | undefined;
  /** Every instance that has reported within the last few seconds. */
  readonly instances: readonly RegisteredInstance[];
  readonly owed: {
    /** Writes that owe a copy, including writes in progress. */
    readonly count: number;
    /** How long the oldest of them has owed it, in milliseconds. 0: no write owes a copy. */
    readonly oldestMs: number;
    /** Some of the owed records, with the reason why this instance's last attempt failed, if it made one. */
    readonly first: readonly OwedRecord[];
  };
  /** Instances that acknowledged writes whose copies are owed. Until the copies exist, the deciding side answers all reads. */
  readonly suspended: readonly string[];
}

export interface OwedRecord {
  readonly kind: MovedKind;
  readonly id?: string;
  readonly reason?: string;
}

export const DIFFERENCES = ['missing', 'extra', 'differs', 'order'] as const;

export interface SideDifference {
  readonly kind: MovedKind;
  /** The id of the record. For lists: the deciding side's first id where the lists diverge, or its last id if its list ends there. */
  readonly id: string;
  /**
   * The deciding side is the reference: the old side, until the authority moves. `missing`: the other side lacks the record.
   * `extra`: only the other side has it. `differs`: the sides differ in `fields`. `order`: read in pages of `limit`, a list of
   * the other side continues with other records.
   */
  readonly what: (typeof DIFFERENCES)[number];
  readonly fields?: readonly string[];
  /** For a record: the values of each side in each of the `fields`. For a list: the `id` that comes next on each side. Absent: no value. */
  readonly values?: Readonly<Record<string, { readonly old?: Json; readonly new?: Json }>>;
  readonly limit?: number;
}

/** Something that could not be compared. It is not known to be equal. */
export interface Unread {
  readonly kind: MovedKind;
  /** The id of the record. Absent: the rest of the kind could not be read. */
  readonly id?: string;
  /** The side that could not be read, or whose record changed at every attempt. */
  readonly from: 'old' | 'new';
  readonly reason: string;
}

/** Where a comparison continues: behind the id `after` of that kind, and then with the kinds that follow it. */
export interface ComparePosition {
  readonly kind: MovedKind;
  readonly after?: string;
}

export interface CompareOptions {
  /** At most this many records per second. Default: no limit. */
  readonly perSecond?: number;
  /** Compare about this many records at most; `next` says where to continue. Default: all. */
  readonly records?: number;
  /** Where to start. Default: at the beginning. */
  readonly from?: ComparePosition;
  /**
   * Compare only what has changed on either side since the last complete comparison that found nothing, if both storages can
   * tell (`bulk.changes`); otherwise everything. Not with `records` or `from`. Default false.
   */
  readonly onlyChanged?: boolean;
}

/** The result of a comparison. The sides are equal if there are no differences, nothing is unread and nothing is owed. */
export interface Comparison {
  readonly differences: readonly SideDifference[];
  /** Records of the deciding side that were compared. */
  readonly compared: number;
  /** Writes that have owed a copy for longer than a copy in progress takes. */
  readonly owed: number;
  readonly unread: readonly Unread[];
  /** Where to continue. Absent: the comparison is complete. */
  readonly next?: ComparePosition;
}
