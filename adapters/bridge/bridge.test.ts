import { describe, expect, it } from 'vitest';
import { isStorageError, RisingClock, type LockedView, type StorageAdapter } from '../contract/index.ts';
import { newStream } from '../memory/testing/open.ts';
import { createInstance, type InstanceOptions } from './adapter.ts';
import type { PersistenceStore } from './store.ts';
import { mapStore, OPEN } from './testing/mapStore.ts';

function open(store: PersistenceStore, options: Partial<InstanceOptions> = {}) {
  const adapter = createInstance({
    store,
    stamps: new RisingClock(),
    clock: OPEN.clock,
    atomic: false,
    ttl: false,
    ...options,
  });
  const { streamRepository, idempotencyStore, exportRepository } = adapter;
  return {
    adapter,
    streams: streamRepository?.streams as NonNullable<LockedView['streams']>,
    users: streamRepository?.users as NonNullable<LockedView['users']>,
    activity: streamRepository?.activity as NonNullable<LockedView['activity']>,
    withLock: streamRepository?.withLock?.bind(streamRepository) as NonNullable<
      NonNullable<StorageAdapter['streamRepository']>['withLock']
    >,
    idempotency: idempotencyStore as NonNullable<StorageAdapter['idempotencyStore']>,
    exports: exportRepository as NonNullable<StorageAdapter['exportRepository']>,
  };
}

/** The code that `action` ends in; undefined: it succeeds. */
async function codeFrom(action: () => unknown): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return isStorageError(error) ? error.code : error;
  }
}

describe('surfaces', () => {
  it('are those whose stores there are', () => {
    const { adapter } = open({ streams: new Map(), exportJobs: new Map() });
    expect(Object.keys(adapter.streamRepository ?? {})).toEqual(['streams']);
    expect(adapter.idempotencyStore).toBeUndefined();
    // A repository of exports is jobs and audit.
    expect(adapter.exportRepository).toBeUndefined();
    expect(open({}).adapter.streamRepository).toBeUndefined();
  });

  it('are in a section those of the instance', async () => {
    const { withLock } = open({ users: new Map(), withLock: (_id, callback) => callback() });
    const names = await withLock('s', async (view) => Object.keys(view));
    expect(names).toEqual(['users', 'signal']);
  });
});

describe('what the store lacks', () => {
  it('is checked before it is written', async () => {
    const store = mapStore();
    const { streams, activity, users, idempotency } = open(store);
    await streams.create(newStream('s1'));
    expect(await codeFrom(() => streams.create(newStream('s1')))).toBe('ALREADY_EXISTS');
    expect(await codeFrom(() => streams.put(newStream('s2')))).toBe('NOT_FOUND');
    expect(await codeFrom(() => streams.create(newStream('s2', { rate: '1.5' })))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => users.get(''))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => idempotency.get('no-token'))).toBe('INVALID_TOKEN');
    const event = { id: 'e1', type: 't', description: 'd' };
    await activity.append(event);
    expect(await codeFrom(() => activity.append(event))).toBe('ALREADY_EXISTS');
    expect([...store.streams.keys()]).toEqual(['s1']);
  });

  it('is stamped in the order of the writes, and given times are kept', async () => {
    const { streams } = open(mapStore());
    const first = await streams.create(newStream('s1'));
    const second = await streams.create(newStream('s2'));
    expect(first).toMatchObject({ createdAt: '2026-01-31T08:15:00.000000Z' });
    expect(second.createdAt > first.createdAt).toBe(true);
    const createdAt = '2020-01-01T00:00:00.000Z';
    expect(await streams.create(newStream('s3', { createdAt }))).toMatchObject({ createdAt });
    const changed = await streams.put(newStream('s1', { revision: 1 }));
    expect(changed.createdAt).toBe(first.createdAt);
    expect(changed.updatedAt > second.updatedAt).toBe(true);
  });

  it('is listed, page by page', async () => {
    const { streams } = open(mapStore());
    const createdAt = '2020-01-01T00:00:00.000Z';
    for (const id of ['b', '\u{1F600}', '\uFFFD', 'a'])
      await streams.create(newStream(id, { createdAt, status: id === 'b' ? 'paused' : 'active' }));
    const first = await streams.list({ status: 'active', limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(['a', '\uFFFD']);
    const second = await streams.list({ status: 'active', limit: 2, cursor: first.nextCursor as string });
    expect(second).toMatchObject({ items: [{ id: '\u{1F600}' }] });
    expect(second.nextCursor).toBeUndefined();
    const scan = await streams.scan({ limit: 3 });
    expect(scan.items.map(({ id }) => id)).toEqual(['a', 'b', '\uFFFD']);
    expect(await codeFrom(() => streams.list({ limit: 1, cursor: scan.nextCursor as string }))).toBe(
      'INVALID_CURSOR',
    );
  });

  it('is stored once under a token, and swept where records expire', async () => {
    const store = mapStore();
    const { idempotency } = open(store, { ttl: true });
    const record = { token: 'settle:k', fingerprint: '0'.repeat(64), status: 200, body: '{}', ttlMs: 1000 };
    const stored = await idempotency.putIfAbsent(record);
    expect(stored).toMatchObject({ stored: true, record: { expiresAt: '2026-01-31T08:15:01.000000Z' } });
    expect(stored).not.toHaveProperty('record.ttlMs');
    expect(await idempotency.putIfAbsent({ ...record, body: 'other' })).toMatchObject({
      stored: false,
      existing: { body: '{}' },
    });
    expect(await codeFrom(() => idempotency.insert(record))).toBe('ALREADY_EXISTS');
    expect(await idempotency.deleteExpired(10)).toBe(0);
    // The store says what has expired, and nobody's clock beside it.
    const { idempotency: rows } = store;
    const expiring = {
      ...store,
      idempotency: {
        get: () => undefined,
        set: rows.set.bind(rows),
        delete: rows.delete.bind(rows),
        values: () => rows.values(),
      },
    };
    expect(await open(expiring).idempotency.deleteExpired(10)).toBe(0);
    expect(await open(expiring, { ttl: true }).idempotency.deleteExpired(10)).toBe(1);
    expect(rows.size).toBe(0);
  });

  it('is moved by the contract: jobs', async () => {
    const { exports } = open(mapStore());
    await exports.jobs.create({ id: 'e', ownerId: 'o', fileName: 'f' });
    expect(await codeFrom(() => exports.jobs.transition('e', ['pending'], 'ready'))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => exports.jobs.transition('e', ['ready'], 'expired'))).toBe('CONFLICT');
    expect(await exports.jobs.transition('e', ['pending'], 'processing')).toMatchObject({ attempts: 1 });
    expect(await exports.jobs.list({ ownerId: 'o', limit: 1 })).toMatchObject({ items: [{ id: 'e' }] });
  });
});

describe('what is the store’s', () => {
  it('stays as it is: nothing is copied, errors pass through', async () => {
    const store = mapStore();
    const { streams } = open(store);
    await streams.create(newStream('s1'));
    expect(await streams.get('s1')).toBe(store.streams.get('s1'));
    const failure = new Error('disk full');
    store.streams.set = () => {
      throw failure;
    };
    expect(await codeFrom(() => streams.put(newStream('s1')))).toBe(failure);
  });

  it('holds the lock while the callback runs, with a view that ends with it', async () => {
    const trace: string[] = [];
    const store: PersistenceStore = {
      ...mapStore(),
      async withLock(id, callback) {
        trace.push(`lock ${id}`);
        const value = await callback();
        trace.push('unlock');
        return value;
      },
    };
    const { withLock } = open(store);
    let kept: LockedView | undefined;
    const value = await withLock('s1', async (view) => {
      kept = view;
      await view.streams?.create(newStream('s1'));
      trace.push('inside');
      return 7;
    });
    expect(value).toBe(7);
    expect(trace).toEqual(['lock s1', 'inside', 'unlock']);
    expect(await codeFrom(() => kept?.streams?.get('s1'))).toBe('CLOSED');
    const own = new Error('own');
    expect(await codeFrom(() => withLock('s1', () => Promise.reject(own)))).toBe(own);
  });

  it('undoes a section whose write failed, if it is atomic', async () => {
    const ended: string[] = [];
    const store: PersistenceStore = {
      ...mapStore(),
      async withLock(_id, callback) {
        try {
          const value = await callback();
          ended.push('commit');
          return value;
        } catch (error) {
          ended.push('rollback');
          throw error;
        }
      },
    };
    const swallow = async (view: LockedView): Promise<string> => {
      await codeFrom(() => view.streams?.put(newStream('nobody')));
      return 'swallowed';
    };
    expect(await open(store).withLock('s1', swallow)).toBe('swallowed');
    expect(await codeFrom(() => open(store, { atomic: true }).withLock('s1', swallow))).toBe('NOT_FOUND');
    const own = new Error('own');
    const both = async (view: LockedView): Promise<never> => {
      await swallow(view);
      throw own;
    };
    expect(await codeFrom(() => open(store, { atomic: true }).withLock('s1', both))).toBe(own);
    expect(ended).toEqual(['commit', 'rollback', 'rollback']);
  });

  it('is asked to drain before a write returns and before the lock is free', async () => {
    const trace: string[] = [];
    const store: PersistenceStore = {
      ...mapStore(),
      async withLock(_id, callback) {
        const value = await callback();
        trace.push('unlock');
        return value;
      },
      async drain() {
        await Promise.resolve();
        trace.push('drained');
      },
    };
    const { adapter, streams, withLock } = open(store);
    await streams.create(newStream('s1'));
    trace.push('returned');
    await withLock('s1', async (view) => {
      await view.streams?.put(newStream('s1'));
      trace.push('put');
    });
    await adapter.close();
    await adapter.close();
    expect(trace).toEqual(['drained', 'returned', 'put', 'drained', 'unlock', 'drained']);
    expect(await codeFrom(() => streams.get('s1'))).toBe('CLOSED');
    expect(await codeFrom(() => withLock('s1', () => Promise.resolve()))).toBe('CLOSED');
  });
});

describe('a wait that is given up', () => {
  it('ends at once, and its callback never runs', async () => {
    let grant: () => void = () => {};
    const free = new Promise<void>((resolve) => {
      grant = resolve;
    });
    const { withLock } = open({ withLock: (_id, run) => free.then(() => run()) });
    const abort = new AbortController();
    let ran = false;
    const waiting = withLock(
      's1',
      async () => {
        ran = true;
      },
      { signal: abort.signal },
    );
    abort.abort();
    expect(await codeFrom(() => waiting)).toBe('ABORTED');
    grant();
    await free;
    await Promise.resolve();
    expect(ran).toBe(false);
    expect(
      await codeFrom(() => withLock('s1', () => Promise.resolve(), { signal: AbortSignal.abort() })),
    ).toBe('ABORTED');
  });

  it('is no longer one when the callback runs', async () => {
    const { withLock } = open(mapStore());
    const abort = new AbortController();
    const value = withLock(
      's1',
      async () => {
        abort.abort();
        return 'done';
      },
      { signal: abort.signal },
    );
    expect(await value).toBe('done');
  });
});

it('writes in one step of the store, which stamps, in a section too', async () => {
  const trace: string[] = [];
  const store = mapStore();
  const { streams, withLock } = open({
    ...store,
    step(action) {
      trace.push('step');
      const value = action();
      trace.push('done');
      return value;
    },
    stamp: () => '2030-01-01T00:00:00.000000Z',
  });
  expect(await streams.create(newStream('s1'))).toMatchObject({ createdAt: '2030-01-01T00:00:00.000000Z' });
  await streams.get('s1');
  await withLock('s1', async (view) => view.streams?.put(newStream('s1')));
  expect(trace).toEqual(['step', 'done', 'step', 'done']);
});
