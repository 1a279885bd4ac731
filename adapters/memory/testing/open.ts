/** What tests on the memory adapter share. */
import {
  codeOf,
  type Awaitable,
  type NewStream,
  type Page,
  type StorageAdapter,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { createMemoryAdapter } from '../index.ts';

/** A clock that stands still until it is moved. */
export interface ManualClock {
  (): number;
  advance(ms: number): void;
}

/** 2026-01-31T08:15:00.000Z */
const START_MS = Date.UTC(2026, 0, 31, 8, 15);

export function manualClock(): ManualClock {
  let now = START_MS;
  const clock = (): number => now;
  return Object.assign(clock, {
    advance: (ms: number): void => {
      now += ms;
    },
  });
}

let namespaces = 0;

/** A namespace that no other test of this process uses. */
export function newNamespace(): string {
  namespaces += 1;
  return `test_${namespaces}`;
}

/** The surfaces of an adapter that has all of them, without the question marks. */
export interface Opened {
  readonly adapter: StorageAdapter;
  readonly clock: ManualClock;
  readonly namespace: string;
  readonly streams: NonNullable<NonNullable<StorageAdapter['streamRepository']>['streams']>;
  readonly users: NonNullable<NonNullable<StorageAdapter['streamRepository']>['users']>;
  readonly activity: NonNullable<NonNullable<StorageAdapter['streamRepository']>['activity']>;
  readonly withLock: NonNullable<NonNullable<StorageAdapter['streamRepository']>['withLock']>;
  readonly idempotency: NonNullable<StorageAdapter['idempotencyStore']>;
  readonly jobs: NonNullable<StorageAdapter['exportRepository']>['jobs'];
  readonly audit: NonNullable<StorageAdapter['exportRepository']>['audit'];
}

export function openMemory(namespace: string = newNamespace(), clock: ManualClock = manualClock()): Opened {
  const adapter = createMemoryAdapter({ namespace, clock });
  const { streamRepository, idempotencyStore, exportRepository } = adapter;
  const { streams, users, activity } = streamRepository ?? {};
  const withLock = streamRepository?.withLock?.bind(streamRepository);
  if (!streams || !users || !activity || !withLock || !idempotencyStore || !exportRepository)
    throw new Error('The memory adapter lacks a surface.');
  const { jobs, audit } = exportRepository;
  return {
    adapter,
    clock,
    namespace,
    streams,
    users,
    activity,
    withLock,
    idempotency: idempotencyStore,
    jobs,
    audit,
  };
}

export function newStream(id: string, fields: Partial<NewStream> = {}): NewStream {
  return {
    id,
    recipient: 'r',
    rate: '1',
    schedule: 'monthly',
    status: 'active',
    token: 'XLM',
    totalAmount: '100',
    releasedAmount: '0',
    withdrawnAmount: '0',
    revision: 0,
    ...fields,
  };
}

/** The code of the error that `action` ends in, `raw` for one without, `none` for none. */
export async function codeFrom(action: () => Awaitable<unknown>): Promise<string> {
  try {
    await action();
    return 'none';
  } catch (error) {
    return codeOf(error) ?? 'raw';
  }
}

/** A promise that is resolved from outside. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open?.() };
}

/** Lets everything that is ready to run, run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Every item of a list, page by page. */
export async function allPages<T>(
  read: (cursor: { readonly cursor?: string }) => Awaitable<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 10_000; pages += 1) {
    const page = await read(defined({ cursor }));
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined) return items;
  }
  throw new Error('The list does not end.');
}
