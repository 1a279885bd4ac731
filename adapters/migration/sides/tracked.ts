/**
 * Stores whose writes say which records they may change, both outside sections and in the view of a section. The underlying
 * store refuses invalid arguments.
 */
import type {
  ActivityStore,
  Awaitable,
  ExportAuditStore,
  ExportJob,
  ExportJobStore,
  ExportRepository,
  IdempotencyView,
  LockedView,
  StreamStore,
  UserStore,
} from '../../contract/index.ts';
import type { Owed } from './owed.ts';
import type { Stores } from './sides.ts';

/** Runs a write of the deciding side that may change a record. `learned` names the record more exactly after the answer. */
export type Write = <T>(
  owed: Owed,
  write: () => Awaitable<T>,
  learned?: (answer: T) => Owed | undefined,
) => Promise<T>;

/** Where reads go, where writes go, and how writes are run. */
export interface Tracking<S> {
  /** The store to read now. `key` is the stream, token, wallet or owner whose records are read. Absent: all are read. */
  readonly reads: (key?: string) => S;
  readonly writes: S;
  readonly write: Write;
}

/** The stores that are tracked, of an instance or of a section's view. */
export type Tracked = Pick<LockedView, 'streams' | 'users' | 'activity' | 'exports'>;

/** Says how each store that is written is tracked. */
export type Track = <K extends keyof Stores>(
  kind: K,
  writes: NonNullable<Stores[K]>,
) => Tracking<NonNullable<Stores[K]>>;

/** Every store that the adapter has, except that of tokens. */
export function trackedStores({ streams, users, activity, exports }: Tracked, track: Track): Tracked {
  return {
    ...(streams === undefined ? {} : { streams: trackedStreams(track('streams', streams)) }),
    ...(users === undefined ? {} : { users: trackedUsers(track('users', users)) }),
    ...(activity === undefined ? {} : { activity: trackedActivity(track('activity', activity)) }),
    ...(exports === undefined ? {} : { exports: trackedExports(exports, track) }),
  };
}

function trackedExports({ jobs, audit }: ExportRepository, track: Track): ExportRepository {
  return { jobs: trackedJobs(track('jobs', jobs)), audit: trackedAudit(track('audit', audit)) };
}

function trackedStreams({ reads, writes, write }: Tracking<StreamStore>): StreamStore {
  return {
    create: (stream) => write({ kind: 'streams', id: stream?.id }, () => writes.create(stream)),
    get: (id) => reads(id).get(id),
    put: (stream) => write({ kind: 'streams', id: stream?.id }, () => writes.put(stream)),
    delete: (id) => write({ kind: 'streams', id }, () => writes.delete(id)),
    list: (request) => reads().list(request),
    scan: (request) => reads().scan(request),
  };
}

function trackedUsers({ reads, writes, write }: Tracking<UserStore>): UserStore {
  return {
    get: (walletAddress) => reads(walletAddress).get(walletAddress),
    put: (user) => write({ kind: 'users', id: user?.walletAddress }, () => writes.put(user)),
    scan: (request) => reads().scan(request),
  };
}

function trackedActivity({ reads, writes, write }: Tracking<ActivityStore>): ActivityStore {
  return {
    append: (event) => {
      const { id, type, streamId } = event ?? {};
      const owed: Owed = { kind: 'activity', id, type, ...(streamId === undefined ? {} : { streamId }) };
      return write(
        owed,
        () => writes.append(event),
        (record) => ({ ...owed, record }),
      );
    },
    list: (request) => reads(request?.streamId).list(request),
    scan: (request) => reads().scan(request),
  };
}

export function trackedTokens<S extends IdempotencyView>({
  reads,
  writes,
  write,
}: Tracking<S>): IdempotencyView {
  return {
    get: (token) => reads(token).get(token),
    insert: (record) => write({ kind: 'idempotency', id: record?.token }, () => writes.insert(record)),
  };
}

function trackedJobs({ reads, writes, write }: Tracking<ExportJobStore>): ExportJobStore {
  return {
    create: (job) => write({ kind: 'jobs', id: job?.id }, () => writes.create(job)),
    get: (id) => reads(id).get(id),
    delete: (id) => write({ kind: 'jobs', id }, () => writes.delete(id)),
    list: (request) => reads(request?.ownerId).list(request),
    scan: (request) => reads().scan(request),
    transition: (id, from, to, patch) =>
      write({ kind: 'jobs', id }, () => writes.transition(id, from, to, patch)),
    ...trackedWork(writes, write),
  };
}

/** Workers get jobs from the side that is written. Only the answer tells which job it was. */
function trackedWork(
  writes: ExportJobStore,
  write: Write,
): Pick<ExportJobStore, 'claimNext' | 'heartbeat' | 'complete' | 'fail'> {
  if (!hasWork(writes)) return {};
  const one = (job: ExportJob): Owed => ({ kind: 'jobs', id: job.id });
  return {
    claimNext: (worker, leaseMs) =>
      write(
        ANY_JOB,
        () => writes.claimNext(worker, leaseMs),
        (claimed) => claimed && one(claimed.job),
      ),
    heartbeat: (claim) => writes.heartbeat(claim),
    complete: (claim, result) => write(ANY_JOB, () => writes.complete(claim, result), one),
    fail: (claim, reason) => write(ANY_JOB, () => writes.fail(claim, reason), one),
  };
}

function hasWork(store: ExportJobStore): store is Required<ExportJobStore> {
  return (
    store.claimNext !== undefined &&
    store.heartbeat !== undefined &&
    store.complete !== undefined &&
    store.fail !== undefined
  );
}

const ANY_JOB: Owed = { kind: 'jobs' };

function trackedAudit({ reads, writes, write }: Tracking<ExportAuditStore>): ExportAuditStore {
  return {
    append: (given) => {
      const owed: Owed = { kind: 'audit', id: given?.id, exportId: given?.exportId };
      return write(
        owed,
        () => writes.append(given),
        (record) => ({ ...owed, record }),
      );
    },
    list: (request) => reads(request?.exportId).list(request),
    scan: (request) => reads().scan(request),
  };
}
