/**
 * The persistence seam: what an adapter implements and what the application calls.
 *
 * Every surface is optional; clauses of a missing surface are not-applicable. Methods may answer
 * synchronously. Every method rejects with a StorageError and with nothing else.
 * Records that come in are copied before the method returns, records that go out are copies. A write that answers with
 * a record answers with it as it is stored then, what was stamped included.
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

/** Which page: at most `limit` items (1 to 1000), after the row that `cursor` points at. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
}

/** The largest `limit` that a list accepts; a larger one, zero or a fraction is INVALID_RECORD. */
export const MAX_PAGE_LIMIT = 1000;

/** The records and locks of one opened instance, without the surfaces by which a storage is moved. */
export interface RecordAdapter extends AsyncDisposable {
  readonly streamRepository?: StreamRepository;
  readonly idempotencyStore?: IdempotencyStore;
  readonly exportRepository?: ExportRepository;
  /** Releases everything, last acquired first. Idempotent and bounded; calls after it are CLOSED. */
  close(): Promise<void>;
}

export interface StreamRepository {
  readonly streams?: StreamStore;
  readonly users?: UserStore;
  readonly activity?: ActivityStore;
  /**
   * Runs `callback` while this caller alone holds the lock of `streamId`. Called for every effect.
   * Resolves with the callback's value after its writes are committed and the lock is free, or rejects
   * with the callback's own error after they were rolled back.
   *
   * The callback may be run again as a whole after a serialization failure or a deadlock.
   *
   * @throws StorageError with `LOCK_TIMEOUT`, `LOCK_LOST`, `LOCK_REENTRANT`, `ABORTED`, `CLOSED`,
   *   `INVALID_RECORD` (an id that cannot be locked, refused before the callback runs), `FENCED` (of writers
   *   that `authority` refuses), `UNAVAILABLE`, `OUTCOME_UNKNOWN`.
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
  /** Records that the callback will read first: an adapter may fetch them with the lock, or ignore this. */
  readonly prefetch?: { readonly streams?: readonly string[]; readonly tokens?: readonly string[] };
  /** Longest wait for the lock in milliseconds. Needs the capability `lockTimeout`. */
  readonly timeoutMs?: number;
  /** Stops the wait, never the holder. */
  readonly signal?: AbortSignal;
}

/**
 * The storage as the holder of a lock sees it. What is done through it commits as the lock is released,
 * or not at all (capability `atomic`).
 *
 * Writes may be buffered: they may resolve before the storage confirmed them. Reads through the view see
 * them, lists flush them first, and a failure that shows later rejects `withLock` with its code.
 * After `withLock` has settled every call through the view is CLOSED.
 */
export interface LockedView {
  readonly streams?: StreamStore;
  readonly users?: UserStore;
  readonly activity?: ActivityStore;
  readonly idempotency?: IdempotencyView;
  readonly exports?: ExportRepository;
  /** Grows with every acquisition of this stream's lock. Needs the capability `fencing`. */
  readonly fence?: bigint;
  /** Aborted when the lock is known to be lost. */
  readonly signal: AbortSignal;
}

export interface StreamStore {
  /**
   * Stores a new record, and returns it as stored.
   *
   * @throws StorageError with `ALREADY_EXISTS` (nothing changed), `INVALID_RECORD`.
   */
  create(stream: NewStream): Awaitable<StreamRecord>;
  /** The record, or undefined for an unknown id. */
  get(id: string): Awaitable<StreamRecord | undefined>;
  /**
   * Replaces the whole record; an omitted `createdAt` stays as it was.
   *
   * @throws StorageError with `NOT_FOUND`, `INVALID_RECORD`.
   */
  put(stream: NewStream): Awaitable<StreamRecord>;
  /** Whether a record was there to delete. */
  delete(id: string): Awaitable<boolean>;
  /**
   * In the order (createdAt, id), ids compared as UTF-8 bytes.
   *
   * @throws StorageError with `INVALID_CURSOR`.
   */
  list(request: PageRequest & { readonly status?: StreamStatus }): Awaitable<Page<StreamRecord>>;
  /** Every record, in the order of ids as UTF-8 bytes. For audits and migrations. */
  scan(request: PageRequest): Awaitable<Page<StreamRecord>>;
}

export interface UserStore {
  /** The record, or undefined for an unknown wallet address. */
  get(walletAddress: string): Awaitable<UserRecord | undefined>;
  /** Creates or replaces. A given `createdAt` is kept, an omitted one of an existing user stays. */
  put(user: NewUser): Awaitable<UserRecord>;
  /** Every record, in the order of wallet addresses as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<UserRecord>>;
}

export interface ActivityStore {
  /**
   * Adds one event. An event id that exists is ALREADY_EXISTS, or is ignored when the event is the same;
   * it is never overwritten.
   *
   * @throws StorageError with `INVALID_RECORD`.
   */
  append(event: NewActivityEvent): Awaitable<ActivityEvent>;
  /**
   * In the order (timestamp, id), latest first.
   *
   * @throws StorageError with `INVALID_CURSOR`.
   */
  list(
    request: PageRequest & { readonly streamId?: string; readonly type?: string },
  ): Awaitable<Page<ActivityEvent>>;
  /** Every event, in the order of ids as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<ActivityEvent>>;
}

/** What of the idempotency store is there inside a section. */
export interface IdempotencyView {
  /**
   * The live record; an expired one is undefined.
   *
   * @throws StorageError with `INVALID_TOKEN`.
   */
  get(token: string): Awaitable<IdempotencyRecord | undefined>;
  /**
   * Stores the record. An expired one of the same token is taken over.
   *
   * @throws StorageError with `ALREADY_EXISTS` for a live token, `INVALID_TOKEN`, `INVALID_RECORD`.
   */
  insert(record: NewIdempotencyRecord): Awaitable<IdempotencyRecord>;
}

export interface IdempotencyStore extends IdempotencyView {
  /** Stores the record, or says which live one is there. Exactly one of concurrent callers stores. */
  putIfAbsent(record: NewIdempotencyRecord): Awaitable<PutIfAbsentResult>;
  /** Whether a record was there to delete. */
  delete(token: string): Awaitable<boolean>;
  /** Deletes at most `limit` records that are expired as they are deleted; returns how many. */
  deleteExpired(limit: number): Awaitable<number>;
  /** Every record, expired ones too, in the order of tokens as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<IdempotencyRecord>>;
  /**
   * Claims the token for one execution, for `leaseMs` milliseconds of the storage's clock. Capability
   * `idempotencyClaims`, with `finish` and `abandon`. Of concurrent callers exactly one starts; an execution whose
   * lease has run out is taken over by exactly one. A claim is no record: `get`, `scan` and the others see none of it.
   *
   * @throws StorageError with `INVALID_TOKEN`, `INVALID_RECORD` (the fingerprint, or a lease that is no
   *   positive integer).
   */
  begin?(token: string, fingerprint: string, leaseMs: number): Awaitable<BeginResult>;
  /**
   * Stores the answer and ends the claim, as one step.
   *
   * One whose lease has run out may be refused before anybody has taken it over.
   *
   * @throws StorageError with `INVALID_TOKEN`, `INVALID_RECORD`, and `CONFLICT` (nothing was stored) unless the
   *   claim is the current one of the record's token and fingerprint: it was taken over, given back, finished,
   *   or never given.
   */
  finish?(claim: string, record: NewIdempotencyRecord): Awaitable<IdempotencyRecord>;
  /** Gives the claim back without an answer: the next `begin` starts. A claim that is not the current one changes nothing. */
  abandon?(claim: string): Awaitable<void>;
}

export type PutIfAbsentResult =
  | { readonly stored: true; readonly record: IdempotencyRecord }
  | { readonly stored: false; readonly existing: IdempotencyRecord };

export type BeginResult =
  /** The caller executes, and hands the claim to `finish` or `abandon`. */
  | { readonly outcome: 'started'; readonly claim: string }
  /** The token has this live record, of the same fingerprint. */
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
   * @throws StorageError with `ALREADY_EXISTS`, `INVALID_RECORD`.
   */
  create(job: NewExportJob): Awaitable<ExportJob>;
  /** The job, or undefined for an unknown id. */
  get(id: string): Awaitable<ExportJob | undefined>;
  /** Whether a job was there to delete. Its audit stays. */
  delete(id: string): Awaitable<boolean>;
  /**
   * One owner's jobs in the order (requestedAt, id), latest first.
   *
   * @throws StorageError with `INVALID_CURSOR`.
   */
  list(request: PageRequest & { readonly ownerId: string }): Awaitable<Page<ExportJob>>;
  /** Every job, in the order of ids as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<ExportJob>>;
  /**
   * Moves the job from one of `from` to `to` and sets `patch`, as one step.
   * `ready` needs signedUrl, signedUrlExpiresAt and rows; `expired` removes the URL.
   *
   * @throws StorageError with `NOT_FOUND`, `CONFLICT` (the job is in none of `from`, or `EXPORT_TRANSITIONS`
   *   lacks the move), `INVALID_RECORD`.
   */
  transition(
    id: string,
    from: readonly ExportStatus[],
    to: ExportStatus,
    patch?: ExportPatch,
  ): Awaitable<ExportJob>;
  /**
   * Claims the oldest job that is pending, or whose worker's lease has run out, for `leaseMs` milliseconds of the
   * storage's clock; undefined: there is none, or others are claiming it. The job is processing and has one attempt
   * more. Exactly one worker gets a job. A job that `transition` has started has no lease and is not claimed.
   * Capability `exportClaims`, with the three below.
   *
   * The three below are CONFLICT, and change nothing, unless the claim is the job's current one: it was taken over or
   * finished, or the job was moved by `transition` or deleted. A claim whose lease has run out may be refused before
   * anybody has taken it over.
   *
   * @throws StorageError with `INVALID_RECORD`.
   */
  claimNext?(worker: string, leaseMs: number): Awaitable<ClaimedJob | undefined>;
  /**
   * Starts the lease anew, with its length.
   *
   * @throws StorageError with `CONFLICT`.
   */
  heartbeat?(claim: string): Awaitable<void>;
  /**
   * Makes the job ready.
   *
   * @throws StorageError with `CONFLICT`, `INVALID_RECORD`.
   */
  complete?(claim: string, result: ExportResult): Awaitable<ExportJob>;
  /**
   * Makes the job failed, with the reason as its `failureReason`.
   *
   * @throws StorageError with `CONFLICT`, `INVALID_RECORD`.
   */
  fail?(claim: string, reason: string): Awaitable<ExportJob>;
}

export interface ClaimedJob {
  readonly job: ExportJob;
  /** Unguessable, and a new one for each time that the job is claimed. */
  readonly claim: string;
}

export interface ExportAuditStore {
  /**
   * Adds one record; an id that exists is never overwritten.
   *
   * @throws StorageError with `ALREADY_EXISTS`, `INVALID_RECORD`.
   */
  append(record: NewExportAuditRecord): Awaitable<ExportAuditRecord>;
  /**
   * One export's records in the order (timestamp, id), oldest first.
   *
   * @throws StorageError with `INVALID_CURSOR`.
   */
  list(request: PageRequest & { readonly exportId: string }): Awaitable<Page<ExportAuditRecord>>;
  /** Every record, in the order of ids as UTF-8 bytes. */
  scan(request: PageRequest): Awaitable<Page<ExportAuditRecord>>;
}
