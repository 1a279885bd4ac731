/** The stores of a migrating adapter outside sections. */
import type { IdempotencyStore, PageRequest, StorageAdapter, StreamRepository } from '../contract/index.ts';
import { isOwnToken } from './owed.ts';
import { storesOf, type Stores } from './sides.ts';
import {
  trackedActivity,
  trackedAudit,
  trackedJobs,
  trackedStreams,
  trackedTokens,
  trackedUsers,
  type Tracking,
  type Write,
} from './tracked.ts';

export interface Passage {
  /** The side that is read now, but for tokens. */
  readonly reads: () => StorageAdapter;
  readonly write: Write;
  /** Removes from the new side, too, what has expired. */
  readonly sweep: (limit: number) => Promise<void>;
}

type Surfaces = Pick<StorageAdapter, 'streamRepository' | 'idempotencyStore' | 'exportRepository'>;

/** The surfaces of `old`, with writes that are copied. */
export function createStores(
  old: StorageAdapter,
  passage: Passage,
  { withLock }: Pick<StreamRepository, 'withLock'>,
): Surfaces {
  const { streams, users, activity, idempotency, jobs, audit } = storesOf(old);
  const tracking = <K extends keyof Stores>(
    kind: K,
    writes: NonNullable<Stores[K]>,
  ): Tracking<NonNullable<Stores[K]>> => ({
    reads: () => storesOf(passage.reads())[kind] as NonNullable<Stores[K]>,
    writes,
    write: passage.write,
  });
  return {
    streamRepository: {
      ...(streams === undefined ? {} : { streams: trackedStreams(tracking('streams', streams)) }),
      ...(users === undefined ? {} : { users: trackedUsers(tracking('users', users)) }),
      ...(activity === undefined ? {} : { activity: trackedActivity(tracking('activity', activity)) }),
      ...(withLock === undefined ? {} : { withLock }),
    },
    ...(idempotency === undefined ? {} : { idempotencyStore: tokensOf(idempotency, passage) }),
    ...(jobs === undefined || audit === undefined
      ? {}
      : {
          exportRepository: {
            jobs: trackedJobs(tracking('jobs', jobs)),
            audit: trackedAudit(tracking('audit', audit)),
          },
        }),
  };
}

/** Tokens are read on the old side, which decides who executes, and written there first. */
function tokensOf(old: IdempotencyStore, { write, sweep }: Passage): IdempotencyStore {
  return {
    ...trackedTokens({ reads: () => old, writes: old, write }),
    putIfAbsent: (record) => write({ kind: 'idempotency', id: record?.token }, () => old.putIfAbsent(record)),
    delete: (token) => write({ kind: 'idempotency', id: token }, () => old.delete(token)),
    async deleteExpired(limit) {
      const deleted = await old.deleteExpired(limit);
      await sweep(limit);
      return deleted;
    },
    scan: (request) => scanOthers(old, request),
    ...claimsOf(old, write),
  };
}

/** Who executes a request is no record: the old side alone knows. */
function claimsOf(
  old: IdempotencyStore,
  write: Write,
): Pick<IdempotencyStore, 'begin' | 'finish' | 'abandon'> {
  if (!hasClaims(old)) return {};
  return {
    begin: (token, fingerprint, leaseMs) => old.begin(token, fingerprint, leaseMs),
    finish: (claim, record) =>
      write({ kind: 'idempotency', id: record?.token }, () => old.finish(claim, record)),
    abandon: (claim) => old.abandon(claim),
  };
}

function hasClaims(store: IdempotencyStore): store is Required<IdempotencyStore> {
  return store.begin !== undefined && store.finish !== undefined && store.abandon !== undefined;
}

/** A page without the migration's own records: it may be shorter than asked for. */
async function scanOthers(
  store: IdempotencyStore,
  request: PageRequest,
): Promise<Awaited<ReturnType<IdempotencyStore['scan']>>> {
  const page = await store.scan(request);
  return { ...page, items: page.items.filter(({ token }) => !isOwnToken(token)) };
}
