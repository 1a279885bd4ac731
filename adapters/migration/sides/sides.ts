/** The two sides of a migration, in the direction in which records are copied, and what they have in common. */
import type {
  ActivityStore,
  Awaitable,
  ExportAuditStore,
  ExportJobStore,
  IdempotencyStore,
  MovedKind,
  Page,
  PageRequest,
  StorageAdapter,
  StreamRepository,
  StreamStore,
  UserStore,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { canonical } from '../../contract/rules/canonical.ts';

export type WithLock = NonNullable<StreamRepository['withLock']>;

/** The stores of one side, by the kind of their records. */
export interface Stores {
  readonly streams?: StreamStore;
  readonly users?: UserStore;
  readonly activity?: ActivityStore;
  readonly idempotency?: IdempotencyStore;
  readonly jobs?: ExportJobStore;
  readonly audit?: ExportAuditStore;
}

/** One direction. The authority says which side decides, so `from` may be the old side or the new one. */
export interface Sides {
  /** The side that decides. */
  readonly from: Stores;
  /** The other side, which gets copies. */
  readonly to: Stores;
  /** The lock of the other side. A copier locks the record there. */
  readonly withLock: WithLock;
  /** Removes a record of the other side, of any kind. Absent: the side cannot do that. */
  readonly remove?: (kind: MovedKind, id: string) => Promise<boolean>;
}

/** A side as a migration uses it. */
export interface SideParts {
  readonly adapter: StorageAdapter;
  readonly stores: Stores;
  readonly tokens: IdempotencyStore;
  readonly withLock: WithLock;
}

/** Throws TypeError if the side lacks what every migration needs. */
export function partsOf(adapter: StorageAdapter): SideParts {
  const { streamRepository: repository, idempotencyStore: tokens } = adapter;
  if (repository?.withLock === undefined || tokens === undefined)
    throw new TypeError('Expected both sides of a migration to have locks and an idempotency store.');
  const locking = repository as Required<Pick<typeof repository, 'withLock'>>;
  return {
    adapter,
    stores: storesOf(adapter),
    tokens,
    withLock: (streamId, callback, options) => locking.withLock(streamId, callback, options),
  };
}

/** What a side lacks that it needs for the authority to move to it and from it. */
export function lacksOf({ authority, exportRepository }: StorageAdapter): string[] {
  if (authority === undefined) return ['authority'];
  const canClaim = exportRepository?.jobs.claimNext !== undefined;
  return canClaim && authority.endLease === undefined ? ['authority.endLease'] : [];
}

export function storesOf({ streamRepository, idempotencyStore, exportRepository }: StorageAdapter): Stores {
  const { streams, users, activity } = streamRepository ?? {};
  const { jobs, audit } = exportRepository ?? {};
  return defined({ streams, users, activity, idempotency: idempotencyStore, jobs, audit });
}

/** The stores of `kind` on both sides. Undefined: a side lacks it. */
export function both<K extends MovedKind>(
  sides: Pick<Sides, 'from' | 'to'>,
  kind: K,
): { readonly from: NonNullable<Stores[K]>; readonly to: NonNullable<Stores[K]> } | undefined {
  const from = sides.from[kind];
  const to = sides.to[kind];
  return from === undefined || to === undefined ? undefined : { from, to };
}

type Read<T> = (request: PageRequest) => Awaitable<Page<T>>;

/** Every row of a list, page by page. */
export async function* everyRow<T>(read: Read<T>, limit: number, from?: string): AsyncGenerator<T> {
  let cursor = from;
  do {
    const page = await read({ limit, ...defined({ cursor }) });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** Whether two records are equal. The order of keys does not count, and fields that are undefined do not either. */
export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}
