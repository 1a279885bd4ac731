/** The stores of a migrating adapter outside sections. */
import type {
  IdempotencyRecord,
  IdempotencyStore,
  PageRequest,
  StorageAdapter,
  StreamRepository,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { isOwnToken } from '../sides/owed.ts';
import type { Stores } from '../sides/sides.ts';
import { trackedStores, trackedTokens, type Track, type Write } from '../sides/tracked.ts';

export interface Passage {
  /** The store that is read now for this kind of records and this key. */
  readonly reads: <K extends keyof Stores>(kind: K, key: string | undefined) => NonNullable<Stores[K]>;
  readonly write: Write;
  /** Removes expired records from the other side, too. */
  readonly sweep: (limit: number) => Promise<void>;
}

export type Surfaces = Pick<StorageAdapter, 'streamRepository' | 'idempotencyStore' | 'exportRepository'>;

/** Makes the surfaces of the deciding side, with writes that are copied and with this lock. */
export function createStores(
  { streamRepository, idempotencyStore, exportRepository }: StorageAdapter,
  passage: Passage,
  withLock: NonNullable<StreamRepository['withLock']>,
): Surfaces {
  const { reads, write } = passage;
  const track: Track = (kind, writes) => ({
    reads: (key) => reads(kind, key),
    writes,
    write,
  });
  const { streams, users, activity } = streamRepository ?? {};
  const { exports, ...tracked } = trackedStores(
    defined({ streams, users, activity, exports: exportRepository }),
    track,
  );
  return {
    streamRepository: { ...tracked, withLock },
    ...defined({
      idempotencyStore: idempotencyStore && tokensOf(idempotencyStore, passage),
      exportRepository: exports,
    }),
  };
}

/** The deciding side also says who executes. */
function tokensOf(deciding: IdempotencyStore, { reads, write, sweep }: Passage): IdempotencyStore {
  return {
    ...trackedTokens({ reads: (key) => reads('idempotency', key), writes: deciding, write }),
    putIfAbsent: (record) =>
      write({ kind: 'idempotency', id: record?.token }, () => deciding.putIfAbsent(record)),
    delete: (token) => write({ kind: 'idempotency', id: token }, () => deciding.delete(token)),
    async deleteExpired(limit) {
      const deleted = await deciding.deleteExpired(limit);
      await sweep(limit);
      return deleted;
    },
    scan: (request) => scanOthers(reads('idempotency', undefined), request),
    ...claimsOf(deciding, write),
  };
}

/** Claims are not copied, because they are not records. Only the deciding side knows them. */
function claimsOf(
  deciding: IdempotencyStore,
  write: Write,
): Pick<IdempotencyStore, 'begin' | 'finish' | 'abandon'> {
  if (!hasClaims(deciding)) return {};
  return {
    begin: (token, fingerprint, leaseMs) => deciding.begin(token, fingerprint, leaseMs),
    finish: (claim, record) =>
      write({ kind: 'idempotency', id: record?.token }, () => deciding.finish(claim, record)),
    abandon: (claim) => deciding.abandon(claim),
  };
}

function hasClaims(store: IdempotencyStore): store is Required<IdempotencyStore> {
  return store.begin !== undefined && store.finish !== undefined && store.abandon !== undefined;
}

/** A page without the migration's own records. It is as long as requested if there are enough other records. */
async function scanOthers(
  store: IdempotencyStore,
  request: PageRequest,
): Promise<Awaited<ReturnType<IdempotencyStore['scan']>>> {
  const items: IdempotencyRecord[] = [];
  let page = await store.scan(request);
  for (;;) {
    items.push(...page.items.filter(({ token }) => !isOwnToken(token)));
    const { nextCursor } = page;
    const left = request.limit - items.length;
    if (nextCursor === undefined || left <= 0)
      return nextCursor === undefined ? { items } : { items, nextCursor };
    page = await store.scan({ limit: left, cursor: nextCursor });
  }
}
