/**
 * Moving from one storage to another while both are in use: the surface `migration` of an adapter over two others.
 *
 * One side decides, the old one until the authority is handed over: sections and writes happen there, and are copied to
 * the other side. What a write owes the other side is stored durably on the deciding one before, or with, the write
 * itself, and removed when the copy is there: a side that only takes copies neither fails nor repeats anything.
 *
 * Words: an order tells every instance its stage and where it reads; the fleet is every instance of one move; a hand over
 * moves the authority from one side to the other; the operator is whoever runs the move, one at a time.
 */
import type { Awaitable, RecordAdapter } from './adapter.ts';
import type { Authority } from './authority.ts';
import type { Bulk } from './bulk.ts';
import type { StorageErrorCode } from './errors.ts';
import type { MovedKind } from './movedKinds.ts';
import type { Json, Timestamp } from './records.ts';
import type { StorageSchema } from './schema.ts';

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
 *
 * Once the new side decides, every instance writes there, copies to the old side and reads the new one, whatever its
 * stage is.
 */
export const STAGES = ['before', 'bridged', 'dual', 'cut-over'] as const;
export type Stage = (typeof STAGES)[number];

export const MIGRATION_SIDES = ['old', 'new'] as const;
export type MigrationSide = (typeof MIGRATION_SIDES)[number];

/** The surfaces whose reads are moved, each by itself. */
export const READ_SURFACES = ['streams', 'users', 'activity', 'idempotency', 'exports'] as const;
export type ReadSurface = (typeof READ_SURFACES)[number];

/** How many reads of each surface the new side answers, in percent from 0 to 100 of the keys that are read. */
export type ReadShares = Readonly<Record<ReadSurface, number>>;

/** A storage that records can be moved from, or to. */
export interface SideAdapter extends RecordAdapter {
  /** Of a storage that can be told who may write to it. */
  readonly authority?: Authority;
  /** Of a storage that is copied to, and compared, by many records at once. */
  readonly bulk?: Bulk;
  /** Of a storage with tables and indexes. */
  readonly schema?: StorageSchema;
}

export interface Migration {
  /**
   * The two sides, as a binary sees them that knows of one alone. They are closed with the adapter. They are the very objects
   * that the adapter calls: clauses make them fail by other methods in place of theirs.
   */
  readonly old: SideAdapter;
  readonly new: SideAdapter;
  /**
   * This instance's stage from now on, until it obeys an order that is newer. Operations, sections among them, end in the
   * stage in which they began. Errors: CONFLICT for `cut-over` while something is owed or the sides differ, with what in
   * `details`.
   */
  moveTo(stage: Stage): Awaitable<void>;
  /**
   * Tells the fleet: what is left out stays as the latest order had it. A stage without `reads` means those of the stage.
   * Instances that follow obey within a second. Errors: INVALID_RECORD, CONFLICT (another order came meanwhile; another
   * operator is at work, with `owner` and `since` in `details`; reads are to move while something is owed or differs).
   */
  instruct(order: Order): Awaitable<Control>;
  /**
   * Takes the operator's lock for `owner` or, where this instance has it already, renews it. It is renewed for as long as
   * the instance lives, and runs out a few seconds after that. `instruct`, `begin`, `handOver`, `giveBack` and `finish`
   * take it for themselves where nobody has it. Errors: CONFLICT, as instruct; INVALID_RECORD (the owner).
   */
  operate(owner: string): Awaitable<Operator>;
  /** Gives the operator's lock back, if this instance has it. */
  retire(): Awaitable<void>;
  /**
   * Sets epoch 1 on both sides: the old one decides, and the new one accepts copies alone. Changes nothing where an epoch
   * is set. Errors: UNSUPPORTED (a side lacks `authority`), CONFLICT (another operator is at work).
   */
  begin(): Awaitable<AuthorityView>;
  /**
   * Makes the other side decide: sections that are open end within `drainMs` or are ended, everything that is owed is
   * copied, and then `to` decides. Jobs in the hands of workers can be claimed again on that side, in their next attempt, and
   * executions under way have to begin again there. Where a step fails the authority goes back to where it was.
   *
   * Errors: UNSUPPORTED (a side lacks `authority`), INVALID_RECORD, CONFLICT (it has not begun, `to` decides already,
   * another operator is at work, the new side shows something else, or something could not be copied: `failed` in
   * `details` says what and why).
   */
  handOver(to: MigrationSide, options: { readonly drainMs: number }): Awaitable<HandOver>;
  /**
   * Ends a hand over that was interrupted: the side that decided before decides again. Changes nothing where one decides.
   * Errors: UNSUPPORTED, CONFLICT (the operator who hands over is at work).
   */
  giveBack(): Awaitable<AuthorityView>;
  /**
   * Ends the move: the new side decides for good, for writers that know of no epoch too, and nothing is copied any more.
   * Errors: UNSUPPORTED, CONFLICT (the old side decides, something is owed, another operator is at work, or records of the
   * old side's time may still live: `despiteLifetimes` leaves that out).
   */
  finish(options?: { readonly despiteLifetimes?: boolean }): Awaitable<AuthorityView>;
  /** What an operator has to know. Answers also while the other side is down. */
  status(): Awaitable<MigrationStatus>;
  /**
   * Copies at most `limit` records of the deciding side to the other one, after those that were copied before; a new pass
   * starts when the last one is done. Copies what the deciding side has at that moment: a newer record is not overwritten,
   * what was deleted or has expired does not come back, and what the other side alone has is removed. A batch is owed before it
   * is copied. A record that cannot be copied is in `failed`, stays owed, and holds nothing up. Errors: INVALID_RECORD (the
   * limit), CONFLICT (the instance does not write to both sides), UNAVAILABLE (the other side is away; call again).
   */
  backfill(limit: number): Awaitable<BackfillProgress>;
  /**
   * Copies what earlier writes still owe the other side, at most `limit` records, each once however many writes owe it.
   * `perSecond` limits the rate. Errors: INVALID_RECORD, CONFLICT, as backfill.
   */
  repair(limit: number, options?: { readonly perSecond?: number }): Awaitable<RepairProgress>;
  /**
   * Says where the sides differ, at most `limit` times: records, and lists page by page, with cursors of the side that
   * decides followed on the other one. A difference counts when it rests; a record that owes a copy is a debt and none.
   * Also answers while a side cannot be read, with what in `unread`. Errors: INVALID_RECORD.
   */
  compare(limit: number, options?: CompareOptions): Awaitable<Comparison>;
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
  /** Writes whose copies are there now. */
  readonly repaired: number;
  /** Writes that have happened and still owe a copy. */
  readonly owed: number;
  /** Records that could not be copied. They stay owed. */
  readonly failed: readonly FailedCopy[];
}

/** What the fleet is told. */
export interface Order {
  readonly stage?: Stage;
  readonly reads?: Partial<ReadShares>;
  /** Whether reads of the deciding side are compared with the other one; they are answered by the former. */
  readonly shadow?: boolean;
}

/** The latest order. */
export interface Control {
  /** From 1 on, one more for each order. */
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

/** Who decides. */
export interface AuthorityView {
  /** Undefined: neither side, while the authority is handed over. */
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
  /** Sections and transactions that had not ended within the drain. */
  readonly ended: number;
  /** Records that were copied while neither side decided. */
  readonly copied: number;
  /** Jobs in the hands of workers that others can claim again. */
  readonly requeued: number;
}

/** An instance of the fleet. */
export interface RegisteredInstance {
  readonly id: string;
  readonly stage: Stage;
  /** The version of the order that it obeys; 0: none yet. */
  readonly control: number;
  readonly epoch: number;
  /** How long its oldest section is open, in milliseconds; 0: none is. */
  readonly oldestSectionMs: number;
  /** The version of lockstep that it runs. */
  readonly lockstep: string;
  readonly at: Timestamp;
  /** Reads that were compared with the other side, and those that differed, since it was opened. */
  readonly shadowed: number;
  readonly shadowDifferences: number;
}

export interface MigrationStatus {
  readonly authority: AuthorityView;
  readonly control: Control | undefined;
  readonly operator: Operator | undefined;
  /** Every instance that has been heard of within the last seconds. */
  readonly instances: readonly RegisteredInstance[];
  readonly owed: {
    /** Writes that owe a copy, those under way among them. */
    readonly count: number;
    /** How long the oldest of them does, in milliseconds; 0: none does. */
    readonly oldestMs: number;
    /** Some of the records, with why the last try failed where this instance has tried. */
    readonly first: readonly OwedRecord[];
  };
  /** Instances that answered writes whose copies are owed: until they are there, the deciding side answers all reads. */
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

/** Where a comparison goes on: behind the id `after` of that kind, and with the kinds behind it. */
export interface ComparePosition {
  readonly kind: MovedKind;
  readonly after?: string;
}

export interface CompareOptions {
  /** At most so many records per second. Default: as fast as the sides can. */
  readonly perSecond?: number;
  /** About so many records at most; `next` says where to go on. Default: all. */
  readonly records?: number;
  /** Default: from the start. */
  readonly from?: ComparePosition;
}

/** The sides are the same where there is no difference, nothing unread and nothing owed. */
export interface Comparison {
  readonly differences: readonly SideDifference[];
  /** Records of the deciding side that were compared. */
  readonly compared: number;
  /** Writes that owe the other side a copy, for longer than a copy under way takes. */
  readonly owed: number;
  readonly unread: readonly Unread[];
  /** Absent: this comparison has come to the end. */
  readonly next?: ComparePosition;
}
