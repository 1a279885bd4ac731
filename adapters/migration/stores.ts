/** The stores of a migrating adapter outside sections. */
import type { IdempotencyStore, PageRequest, StorageAdapter, StreamRepository } from '../contract/index.ts';
import { isOwnToken } from './owed.ts';
import type { Stores } from './sides.ts';
import { trackedStores, trackedTokens, type Track, type Write } from './tracked.ts';

export interface Passage {
  /** The side that is read now, but for tokens. */
  readonly reads: () => Stores;
  readonly write: Write;
  /** Removes from the new side, too, what has expired. */
  readonly sweep: (limit: number) => Promise<void>;
}

type Surfaces = Pick<StorageAdapter, 'streamRepository' | 'idempotencyStore' | 'exportRepository'>;

/** The surfaces of `old`, with writes that are copied, and with this lock. */
export function createStores(
  { streamRepository, idempotencyStore, exportRepository }: StorageAdapter,
  passage: Passage,
  withLock: NonNullable<StreamRepository['withLock']>,
): Surfaces {
  const { reads, write } = passage;
  const track: Track = (kind, writes) => ({
    reads: () => reads()[kind] as typeof writes,
    writes,
    write,
  });
  const { streams, users, activity } = streamRepository ?? {};
  const { exports, ...tracked } = trackedStores(
    {
      ...(streams === undefined ? {} : { streams }),
      ...(users === undefined ? {} : { users }),
      ...(activity === undefined ? {} : { activity }),
      ...(exportRepository === undefined ? {} : { exports: exportRepository }),
    },
    track,
  );
  return {
    streamRepository: { ...tracked, withLock },
    ...(idempotencyStore === undefined ? {} : { idempotencyStore: tokensOf(idempotencyStore, passage) }),
    ...(exports === undefined ? {} : { exportRepository: exports }),
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
