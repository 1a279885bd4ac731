/**
 * The persistence seam: what an adapter implements and what the application calls.
 *
 * Every surface is optional; clauses about a missing surface are not-applicable. Methods may answer
 * synchronously. Every method rejects with a {@link StorageError} and with nothing else.
 * The adapter copies every record that it receives before the method returns, and returns copies. A write that returns a
 * record returns it exactly as it is stored at that moment, including the fields that the storage stamped.
 */
import type {
  ActivityEvent,
  ExportAuditRecord,
  ExportJob,
  ExportPatch,
  ExportResult,
  ExportStatus,
  IdempotencyRecord,
  NewActivityEvent,
  NewExportAuditRecord,
  NewExportJob,
  NewIdempotencyRecord,
  NewStream,
  NewUser,
  StreamRecord,
  StreamStatus,
  UserRecord,
} from './records.ts';

export type Awaitable<T> = T | Promise<T>;

/** One page of a list. `nextCursor` is absent on the last page, and only there. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

/** Which page to return: at most `limit` items (1 to {@link MAX_PAGE_LIMIT}), after the row that `cursor` points at. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
}

/** The largest `limit` that a list accepts. A larger one, zero or a fraction is INVALID_RECORD. */
export const MAX_PAGE_LIMIT = 1000;

/** The records and locks of one opened instance, without the surfaces for moving a storage. */
export interface RecordAdapter extends AsyncDisposable {
  readonly streamRepository?: StreamRepository;
  readonly idempotencyStore?: IdempotencyStore;
  readonly exportRepository?: ExportRepository;
  /**
   * Releases every resource, the last acquired first. Bounded, and idempotent, also while another call of it is under way.
   * A wait for a lock ends as soon as the lock is free at the latest: it is refused, or every call of its callback is. Later
   * calls reject with CLOSED.
   * `Symbol.asyncDispose` does the same.
   */
  close(): Promise<void>;
}

export interface StreamRepository {
  readonly streams?: StreamStore;
  readonly users?: UserStore;
  readonly activity?: ActivityStore;
  /**
   * Runs `callback` while only this caller holds the lock of `streamId`. Called for every effect.
   * Resolves with the callback's value after its writes are committed and the lock is free. Rejects
   * with the callback's own error after its writes were rolled back.
   *
   * After a serialization failure or a deadlock the adapter may run the whole callback again.
   *
   * @throws {@link StorageError} with `LOCK_TIMEOUT`, `LOCK_LOST`, `LOCK_REENTRANT`, `ABORTED`, `CLOSED`,
   *   `INVALID_RECORD` (the id cannot be locked; refused before the callback runs), `FENCED` (the surface
   *   `authority` refuses this writer), `UNAVAILABLE`, `OUTCOME_UNKNOWN`.
   *
   * @example
   * ```ts
   * const released = await repository.withLock(id, async ({ streams }) => {
   *   const stream = await streams.get(id);
   *   return streams.put({ ...stream, status: 'ended' });
   * }, { timeoutMs: 2_000 });
   * ```
   */
  withLock?<T>(
    streamId: string,
    callback: (view: LockedView) => Promise<T>,
    options?: LockOptions,
  ): Promise<T>;
}

export interface LockOptions {
  /** Records that the callback will read first. An adapter may fetch them together with the lock, or ignore this. */
  readonly prefetch?: { readonly streams?: readonly string[]; readonly tokens?: readonly string[] };
  /** The longest wait for the lock, in milliseconds. Needs the capability `lockTimeout`. */
  readonly timeoutMs?: number;
  /**
   * Aborting it stops the wait for the lock, never a callback that already runs. It may go with many calls, so a call leaves
   * no listener on it when it settles.
   */
  readonly signal?: AbortSignal;
}

/**
 * The storage as the holder of a lock sees it. With the capability `atomic`, writes through the view commit together
 * when the lock is released, or not at all.
 *
 * Writes may be buffered: they may resolve before the storage has confirmed them. Reads through the view see
 * buffered writes, and lists flush them first. A failure that shows later rejects `withLock` with its code.
 * After `withLock` has settled, every call through the view rejects with CLOSED.
 */
export interface LockedView {
  readonly streams?: StreamStore;
  readonly users?: UserStore;
  readonly activity?: ActivityStore;
  readonly idempotency?: IdempotencyView;
  readonly exports?: ExportRepository;
  /**
   * Grows with every acquisition of this stream's lock. Needs the capability `fencing`. A lock that the section around has kept
   * from an earlier section within it is not acquired again.
   */
  readonly fence?: bigint;
  /** Aborted when the adapter learns that the lock is lost. */
  readonly signal: AbortSignal;
}

export interface StreamStore {
  /**
   * Stores a new record, and returns it as stored.
   *
   * @throws {@link StorageError} with `ALREADY_EXISTS` (nothing was changed), `INVALID_RECORD`.
   */
  create(stream: NewStream): Awaitable<StreamRecord>;
  /** The record, or undefined for an unknown id. */
  get(id: string): Awaitable<StreamRecord | undefined>;
  /**
   * Replaces the whole record. An omitted `createdAt` keeps its stored value.
   *
   * @throws {@link StorageError} with `NOT_FOUND`, `INVALID_RECORD`.
   */
  put(stream: NewStream): Awaitable<StreamRecord>;
  /** Deletes the record. Returns whether it existed. */
  delete(id: string): Awaitable<boolean>;
  /**
   * Lists records in the order (createdAt, id), with ids compared as UTF-8 bytes.
   *
   * @throws {@link StorageError} with `INVALID_CURSOR`.
   */
  list(request: PageRequest & { readonly status?: StreamStatus }): Awaitable<Page<StreamRecord>>;
  /** Lists every record in the order of ids, compared as UTF-8 bytes. For audits and migrations. */
  scan(request: PageRequest): Awaitable<Page<StreamRecord>>;
}

export interface UserStore {
  /** The record, or undefined for an unknown wallet address. */
  get(walletAddress: string): Awaitable<UserRecord | undefined>;
  /** Creates or replaces the user. A given `createdAt` is stored; if it is omitted, an existing user keeps its own. */
  put(user: NewUser): Awaitable<UserRecord>;
  /** Lists every record in the order of wallet addresses, compared as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<UserRecord>>;
}

export interface ActivityStore {
  /**
   * Adds one event. If its id exists, the adapter rejects it with ALREADY_EXISTS, or ignores it if the stored event is
   * the same. It never overwrites an event.
   *
   * @throws {@link StorageError} with `ALREADY_EXISTS`, `INVALID_RECORD`.
   */
  append(event: NewActivityEvent): Awaitable<ActivityEvent>;
  /**
   * Lists events in the order (timestamp, id), latest first.
   *
   * @throws {@link StorageError} with `INVALID_CURSOR`.
   */
  list(
    request: PageRequest & { readonly streamId?: string; readonly type?: string },
  ): Awaitable<Page<ActivityEvent>>;
  /** Lists every event in the order of ids, compared as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<ActivityEvent>>;
}

/** The part of the idempotency store that a section can use. */
export interface IdempotencyView {
  /**
   * Returns the live record. An expired record reads as undefined.
   *
   * @throws {@link StorageError} with `INVALID_TOKEN`.
   */
  get(token: string): Awaitable<IdempotencyRecord | undefined>;
  /**
   * Stores the record. It replaces an expired record of the same token.
   *
   * @throws {@link StorageError} with `ALREADY_EXISTS` (the token has a live record), `INVALID_TOKEN`,
   *   `INVALID_RECORD`.
   */
  insert(record: NewIdempotencyRecord): Awaitable<IdempotencyRecord>;
}

export interface IdempotencyStore extends IdempotencyView {
  /**
   * Stores the record, or returns the live one that exists. Of concurrent callers exactly one stores its record.
   *
   * @throws {@link StorageError} with `INVALID_TOKEN`, `INVALID_RECORD`.
   */
  putIfAbsent(record: NewIdempotencyRecord): Awaitable<PutIfAbsentResult>;
  /** Deletes the record. Returns whether it existed. */
  delete(token: string): Awaitable<boolean>;
  /**
   * Deletes at most `limit` records that are expired at the moment of deletion. Returns how many it deleted. Fewer than
   * `limit`: none is left that had expired before the call, unless another sweep runs.
   */
  deleteExpired(limit: number): Awaitable<number>;
  /** Lists every record, including expired ones, in the order of tokens, compared as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<IdempotencyRecord>>;
  /**
   * Claims the token for one execution, for `leaseMs` milliseconds of the storage's clock. The capability
   * `idempotencyClaims` requires this method, `finish` and `abandon`. Of concurrent callers exactly one starts. When the
   * lease of an execution has expired, exactly one caller takes the execution over. A claim is not a record: `get`, `scan`
   * and the other methods do not see it.
   *
   * @throws {@link StorageError} with `INVALID_TOKEN`, `INVALID_RECORD` (the fingerprint is malformed, or the lease is
   *   not a positive integer).
   */
  begin?(token: string, fingerprint: string, leaseMs: number): Awaitable<BeginResult>;
  /**
   * Stores the answer and ends the claim in one atomic step.
   *
   * A claim whose lease has expired may be refused even before another caller has taken it over.
   *
   * @throws {@link StorageError} with `INVALID_TOKEN`, `INVALID_RECORD`, and `CONFLICT` (nothing was stored) unless the
   *   claim is the current one of the record's token and fingerprint. A claim that was taken over, given back, finished
   *   or never issued is not current.
   */
  finish?(claim: string, record: NewIdempotencyRecord): Awaitable<IdempotencyRecord>;
  /** Gives the claim back without an answer, and the next `begin` starts. A claim that is not current changes nothing. */
  abandon?(claim: string): Awaitable<void>;
}

export type PutIfAbsentResult =
  | { readonly stored: true; readonly record: IdempotencyRecord }
  | { readonly stored: false; readonly existing: IdempotencyRecord };

export type BeginResult =
  /** The caller executes, and hands the claim to `finish` or `abandon`. */
  | { readonly outcome: 'started'; readonly claim: string }
  /** The token has this live record with the same fingerprint. */
  | { readonly outcome: 'replay'; readonly record: IdempotencyRecord }
  /** Another execution of the same request holds the claim. */
  | { readonly outcome: 'inProgress' }
  /** The live record, or the execution that holds the claim, has another fingerprint. */
  | { readonly outcome: 'conflict' };

export interface ExportRepository {
  readonly jobs: ExportJobStore;
  readonly audit: ExportAuditStore;
}

export interface ExportJobStore {
  /**
   * Stores a pending job.
   *
   * @throws {@link StorageError} with `ALREADY_EXISTS`, `INVALID_RECORD`.
   */
  create(job: NewExportJob): Awaitable<ExportJob>;
  /** The job, or undefined for an unknown id. */
  get(id: string): Awaitable<ExportJob | undefined>;
  /** Deletes the job and keeps its audit records. Returns whether the job existed. */
  delete(id: string): Awaitable<boolean>;
  /**
   * Lists the jobs of one owner in the order (requestedAt, id), latest first.
   *
   * @throws {@link StorageError} with `INVALID_CURSOR`.
   */
  list(request: PageRequest & { readonly ownerId: string }): Awaitable<Page<ExportJob>>;
  /** Lists every job in the order of ids, compared as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<ExportJob>>;
  /**
   * Moves the job from one of the statuses `from` to `to` and sets `patch`, in one atomic step.
   * `ready` requires signedUrl, signedUrlExpiresAt and rows. `expired` removes the URL.
   *
   * @throws {@link StorageError} with `NOT_FOUND`, `CONFLICT` (the job's status is not in `from`, or
   *   {@link EXPORT_TRANSITIONS} does not allow the move), `INVALID_RECORD`.
   */
  transition(
    id: string,
    from: readonly ExportStatus[],
    to: ExportStatus,
    patch?: ExportPatch,
  ): Awaitable<ExportJob>;
  /**
   * Claims the oldest job that is pending, or whose worker's lease has expired, for `leaseMs` milliseconds of the
   * storage's clock. Returns undefined if there is no such job, or if others are claiming it. A claimed job is processing,
   * and its `attempts` has grown by 1. Exactly one worker gets a job. A job that `transition` started has no lease and is
   * never claimed. The capability `exportClaims` requires this method, `heartbeat`, `complete` and `fail`.
   *
   * Those three methods reject with CONFLICT and change nothing unless the claim is the job's current one. A claim is no
   * longer current after it was taken over or finished, and after the job was deleted or moved by `transition`. A claim
   * whose lease has expired may be refused even before another worker has taken the job over.
   *
   * @throws {@link StorageError} with `INVALID_RECORD`.
   */
  claimNext?(worker: string, leaseMs: number): Awaitable<ClaimedJob | undefined>;
  /**
   * Renews the lease: it starts again now, with the same length.
   *
   * @throws {@link StorageError} with `CONFLICT`.
   */
  heartbeat?(claim: string): Awaitable<void>;
  /**
   * Makes the job ready.
   *
   * @throws {@link StorageError} with `CONFLICT`, `INVALID_RECORD`.
   */
  complete?(claim: string, result: ExportResult): Awaitable<ExportJob>;
  /**
   * Makes the job failed and stores `reason` as its `failureReason`.
   *
   * @throws {@link StorageError} with `CONFLICT`, `INVALID_RECORD`.
   */
  fail?(claim: string, reason: string): Awaitable<ExportJob>;
}

export interface ClaimedJob {
  readonly job: ExportJob;
  /** An unguessable value. Each time that the job is claimed, it gets a new one. */
  readonly claim: string;
}

export interface ExportAuditStore {
  /**
   * Adds one record. It never overwrites a record.
   *
   * @throws {@link StorageError} with `ALREADY_EXISTS`, `INVALID_RECORD`.
   */
  append(record: NewExportAuditRecord): Awaitable<ExportAuditRecord>;
  /**
   * Lists the records of one export in the order (timestamp, id), oldest first.
   *
   * @throws {@link StorageError} with `INVALID_CURSOR`.
   */
  list(request: PageRequest & { readonly exportId: string }): Awaitable<Page<ExportAuditRecord>>;
  /** Every record, in the order of ids as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<ExportAuditRecord>>;
}
