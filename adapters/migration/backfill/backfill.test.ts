import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  StorageError,
  type IdempotencyStore,
  type Migration,
  type StorageAdapter,
  type StreamRecord,
  type StreamStore,
} from '../../contract/index.ts';
import { createMemoryAdapter } from '../../memory/index.ts';
import { entryOf } from '../sides/owed.ts';
import { lockOf, stream, streamsOf } from '../testing/streams.ts';
import { createMigratingAdapter } from '../index.ts';

type Migrating = StorageAdapter & { readonly migration: Migration };

const TIED = { createdAt: '2030-01-01T00:00:00.123456Z' };
const EVERYTHING = 1000;

function side(): StorageAdapter {
  return createMemoryAdapter({ namespace: randomUUID(), clock: Date.now });
}

function migrating(other: StorageAdapter = side(), old: StorageAdapter = side()): Migrating {
  return createMigratingAdapter({ old, new: other, stage: 'dual' }) as Migrating;
}

/** The side that refuses to store some streams. */
function refusing(
  adapter: StorageAdapter,
  refusal: (id: string) => StorageError | undefined,
): StorageAdapter {
  const streams = streamsOf(adapter);
  const refuse =
    <T extends { readonly id: string }>(write: (row: T) => unknown) =>
    (row: T) => {
      const error = refusal(row.id);
      if (error !== undefined) throw error;
      return write(row);
    };
  const changed = {
    ...streams,
    create: refuse((row: StreamRecord) => streams.create(row)),
    put: refuse((row: StreamRecord) => streams.put(row)),
  } as StreamStore;
  const lock = lockOf(adapter);
  return {
    ...adapter,
    streamRepository: {
      ...lock,
      streams: changed,
      withLock: (id, callback, options) =>
        lock.withLock(
          id,
          (view) =>
            callback({
              ...view,
              streams: {
                ...(view.streams as StreamStore),
                create: refuse((row: StreamRecord) => (view.streams as StreamStore).create(row)),
                put: refuse((row: StreamRecord) => (view.streams as StreamStore).put(row)),
              } as StreamStore,
              get signal() {
                return view.signal;
              },
            }),
          options,
        ),
    },
  };
}

async function idsOf(adapter: StorageAdapter): Promise<string[]> {
  return (await streamsOf(adapter).scan({ limit: EVERYTHING })).items.map(({ id }) => id);
}

async function pass(
  adapter: Migrating,
  limit: number = EVERYTHING,
): Promise<{ copied: number; removed: number }> {
  let [copied, removed] = [0, 0];
  for (;;) {
    const batch = await adapter.migration.backfill(limit);
    copied += batch.copied;
    removed += batch.removed;
    if (batch.done) return { copied, removed };
  }
}

describe('a pass of the backfill', () => {
  it.each([1, 2, 3, EVERYTHING])('copies what one time ties, in batches of %i', async (limit) => {
    const adapter = migrating();
    const ids = ['a', 'b', 'B', 'ä', 'a b', '_', 'Z', '😀', '\uffee'];
    for (const id of ids) await streamsOf(adapter.migration.old).create(stream(id, TIED));
    expect(await pass(adapter, limit)).toEqual({ copied: ids.length, removed: 0 });
    expect(await idsOf(adapter.migration.new)).toEqual(await idsOf(adapter.migration.old));
    expect(await pass(adapter, limit)).toEqual({ copied: 0, removed: 0 });
  });

  it('brings up to date what changed, and removes what was deleted, while the fleet had gone back', async () => {
    const adapter = migrating();
    for (const id of ['a', 'b', 'c', 'd']) await streamsOf(adapter).create(stream(id));
    await adapter.migration.moveTo('before');
    await streamsOf(adapter).delete('a');
    await streamsOf(adapter).delete('d');
    await streamsOf(adapter).put(stream('b', { revision: 5 }));
    await adapter.migration.moveTo('dual');
    expect(await pass(adapter, 1)).toEqual({ copied: 1, removed: 2 });
    expect(await adapter.migration.compare(10)).toMatchObject({ differences: [], owed: 0, unread: [] });
  });

  it('names a record that the other side refuses, goes on, and leaves it owed', async () => {
    let isRefused = true;
    const adapter = migrating(
      refusing(side(), (id) =>
        isRefused && id === 'bad' ? new StorageError('INVALID_RECORD', 'value too long') : undefined,
      ),
    );
    for (const id of ['a', 'bad', 'c']) await streamsOf(adapter.migration.old).create(stream(id));
    expect(await adapter.migration.backfill(EVERYTHING)).toMatchObject({
      examined: 3,
      copied: 2,
      done: true,
      failed: [{ kind: 'streams', id: 'bad', code: 'INVALID_RECORD', reason: 'value too long' }],
    });
    expect(await adapter.migration.compare(10)).toMatchObject({ differences: [], owed: 1 });
    isRefused = false;
    expect(await adapter.migration.repair(10)).toMatchObject({ repaired: 1, owed: 0 });
    expect(await idsOf(adapter.migration.new)).toEqual(['a', 'bad', 'c']);
  });

  it('stops where the other side is away, and goes on there', async () => {
    let isAway = false;
    const away = (): StorageError => new StorageError('UNAVAILABLE', 'no route');
    const other = refusing(side(), () => (isAway ? away() : undefined));
    const tokens = other.idempotencyStore as IdempotencyStore;
    const get: IdempotencyStore['get'] = (token) => {
      if (isAway) throw away();
      return tokens.get(token);
    };
    const adapter = migrating({ ...other, idempotencyStore: { ...tokens, get } });
    for (const id of ['a', 'b', 'c', 'd']) await streamsOf(adapter.migration.old).create(stream(id));
    expect(await adapter.migration.backfill(1)).toMatchObject({ copied: 1, position: 1 });
    isAway = true;
    await expect(adapter.migration.backfill(2)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    isAway = false;
    // What was under way is owed, and is copied by whoever comes first.
    expect(await adapter.migration.backfill(EVERYTHING)).toMatchObject({
      examined: 3,
      copied: 3,
      position: 4,
    });
  });

  it('goes on at a batch that failed, although the next one was copied at the same time', async () => {
    let isAway = true;
    const refusal = (id: string): StorageError | undefined =>
      isAway && id === 'stream-0000' ? new StorageError('UNAVAILABLE', 'no route') : undefined;
    const other = refusing(side(), refusal);
    const tokens = other.idempotencyStore as IdempotencyStore;
    const get: IdempotencyStore['get'] = (token) => {
      if (isAway) throw new StorageError('UNAVAILABLE', 'no route');
      return tokens.get(token);
    };
    const adapter = migrating({ ...other, idempotencyStore: { ...tokens, get } });
    const ids = Array.from({ length: EVERYTHING + 2 }, (_, at) => `stream-${String(at).padStart(4, '0')}`);
    for (const id of ids) await streamsOf(adapter.migration.old).create(stream(id));
    await expect(adapter.migration.backfill(ids.length)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await idsOf(adapter.migration.new)).toEqual(expect.arrayContaining(ids.slice(EVERYTHING)));
    isAway = false;
    expect(await adapter.migration.backfill(ids.length)).toMatchObject({ examined: ids.length, done: false });
    expect(await pass(adapter)).toEqual({ copied: 0, removed: 0 });
    expect(await streamsOf(adapter.migration.new).get('stream-0000')).toBeDefined();
  });

  it('owes a batch before it copies it, and nothing behind it', async () => {
    const old = side();
    const tokens = old.idempotencyStore as IdempotencyStore;
    const owed: string[] = [];
    const insert: IdempotencyStore['insert'] = (record) => {
      if (record.token.startsWith('migration:owed-')) owed.push(record.body);
      return tokens.insert(record);
    };
    const adapter = migrating(side(), { ...old, idempotencyStore: { ...tokens, insert } });
    for (const id of ['a', 'b', 'c']) await streamsOf(old).create(stream(id));
    await adapter.migration.backfill(2);
    expect(owed.map((body) => JSON.parse(body) as unknown)).toEqual([
      [
        { kind: 'streams', id: 'a' },
        { kind: 'streams', id: 'b' },
      ],
    ]);
    expect((await adapter.migration.compare(10)).owed).toBe(0);
    // One that died on the way leaves an entry, which repair copies.
    await tokens.insert(entryOf('owed', [{ kind: 'streams', id: 'c' }]));
    expect(await adapter.migration.repair(10)).toMatchObject({ repaired: 1 });
    expect(await idsOf(adapter.migration.new)).toEqual(['a', 'b', 'c']);
  });

  it('starts anew where the other side has been emptied meanwhile', async () => {
    const old = side();
    for (const id of ['a', 'b', 'c']) await streamsOf(old).create(stream(id));
    await migrating(side(), old).migration.backfill(2);
    const other = migrating(side(), old);
    expect(await other.migration.backfill(EVERYTHING)).toMatchObject({ copied: 1, done: false });
    expect(await other.migration.backfill(EVERYTHING)).toMatchObject({ copied: 2, done: true });
  });
});
