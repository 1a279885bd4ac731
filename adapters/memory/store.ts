/** What the instances of one namespace share: tables, locks, and one clock. */
import {
  compareTimestamps,
  RisingClock,
  type ActivityEvent,
  type Clock,
  type ExportAuditRecord,
  type ExportJob,
  type IdempotencyRecord,
  type StreamRecord,
  type Timestamp,
  type UserRecord,
} from '../contract/index.ts';
import { LockQueue } from './locks.ts';
import { StoreAuthority } from './storeAuthority.ts';
import { Table, type Rows, type TableDefinition } from './table.ts';

/** A claim that expires. */
export interface Lease {
  /** What is claimed: the token, or the job. */
  readonly id: string;
  readonly claim: string;
  readonly until: Timestamp;
}

/** Which caller may store the answer of a token. */
interface Execution extends Lease {
  readonly fingerprint: string;
}

/** Which worker has a job. */
export interface Work extends Lease {
  readonly leaseMs: number;
}

/** The rows of every surface. */
export interface Tables {
  readonly streams: Rows<StreamRecord>;
  readonly users: Rows<UserRecord>;
  readonly activity: Rows<ActivityEvent>;
  readonly idempotency: Rows<IdempotencyRecord>;
  /** Executions in progress, by token. */
  readonly executions: Rows<Execution>;
  readonly jobs: Rows<ExportJob>;
  /** Claimed export jobs, by job. */
  readonly work: Rows<Work>;
  readonly audit: Rows<ExportAuditRecord>;
}

type BaseTables = { readonly [K in keyof Tables]: Tables[K] extends Rows<infer T> ? Table<T> : never };

/** The names of the indexes that lists read. */
export const indexes = {
  streams: (status?: string): string => JSON.stringify(['streams', status]),
  activity: (streamId?: string, type?: string): string => JSON.stringify(['activity', streamId, type]),
  expiry: 'expiry',
  lapse: 'lapse',
  claim: (claim: string): string => JSON.stringify(['claim', claim]),
  jobs: (ownerId: string): string => JSON.stringify(['jobs', ownerId]),
  toDo: 'to-do',
  audit: (exportId: string): string => JSON.stringify(['audit', exportId]),
} as const;

const STREAMS: TableDefinition<StreamRecord> = {
  surface: 'streams',
  idOf: ({ id }) => id,
  entriesOf: ({ status, createdAt: time }) => [
    { index: indexes.streams(), time },
    { index: indexes.streams(status), time },
  ],
};

const USERS: TableDefinition<UserRecord> = {
  surface: 'users',
  idOf: ({ walletAddress }) => walletAddress,
  entriesOf: () => [],
};

const ACTIVITY: TableDefinition<ActivityEvent> = {
  surface: 'activity',
  idOf: ({ id }) => id,
  entriesOf: ({ streamId, type, timestamp: time }) => [
    { index: indexes.activity(), time },
    { index: indexes.activity(undefined, type), time },
    ...(streamId === undefined
      ? []
      : [
          { index: indexes.activity(streamId), time },
          { index: indexes.activity(streamId, type), time },
        ]),
  ],
};

const IDEMPOTENCY: TableDefinition<IdempotencyRecord> = {
  surface: 'idempotency',
  idOf: ({ token }) => token,
  entriesOf: ({ expiresAt }) => (expiresAt === undefined ? [] : [{ index: indexes.expiry, time: expiresAt }]),
  isGone: isExpired,
};

const EXECUTIONS: TableDefinition<Execution> = {
  surface: 'idempotency',
  idOf: ({ id }) => id,
  entriesOf: ({ claim, until: time }) => [
    { index: indexes.claim(claim), time },
    { index: indexes.lapse, time },
  ],
};

const JOBS: TableDefinition<ExportJob> = {
  surface: 'exports',
  idOf: ({ id }) => id,
  entriesOf: ({ ownerId, status, requestedAt: time }) => [
    { index: indexes.jobs(ownerId), time },
    ...(status === 'pending' || status === 'processing' ? [{ index: indexes.toDo, time }] : []),
  ],
};

const WORK: TableDefinition<Work> = {
  surface: 'exports',
  idOf: ({ id }) => id,
  entriesOf: ({ claim, until: time }) => [{ index: indexes.claim(claim), time }],
};

const AUDIT: TableDefinition<ExportAuditRecord> = {
  surface: 'exports',
  idOf: ({ id }) => id,
  entriesOf: ({ exportId, timestamp: time }) => [{ index: indexes.audit(exportId), time }],
};

/** Whether an idempotency record has expired at `now`. */
export function isExpired(record: IdempotencyRecord, now: Timestamp): boolean {
  return record.expiresAt !== undefined && compareTimestamps(record.expiresAt, now) <= 0;
}

export class Store {
  readonly tables: BaseTables = {
    streams: new Table(STREAMS),
    users: new Table(USERS),
    activity: new Table(ACTIVITY),
    idempotency: new Table(IDEMPOTENCY),
    executions: new Table(EXECUTIONS),
    jobs: new Table(JOBS),
    work: new Table(WORK),
    audit: new Table(AUDIT),
  };
  readonly locks: LockQueue = new LockQueue();
  readonly authority: StoreAuthority = new StoreAuthority();
  readonly #time = new RisingClock();

  /** The namespace's time. It never decreases, even if an instance's clock does. */
  now(clock: Clock): Timestamp {
    return this.#time.now(clock);
  }

  /** See `stamp` of RisingClock. */
  stamp(clock: Clock): Timestamp {
    return this.#time.stamp(clock);
  }
}

const stores = new Map<string, Store>();

/** The store of `namespace` in this process. The first call creates it. */
export function openStore(namespace: string): Store {
  const known = stores.get(namespace);
  if (known !== undefined) return known;
  const store = new Store();
  stores.set(namespace, store);
  return store;
}

/** Forgets `namespace`. Open instances keep their data; the next one starts empty. */
export function dropStore(namespace: string): void {
  stores.delete(namespace);
}
