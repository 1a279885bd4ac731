/** What a reader of the new side sees of a section. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  StorageError,
  type LockedView,
  type Migration,
  type StorageAdapter,
  type StreamRecord,
  type StreamRepository,
} from '../../contract/index.ts';
import { createMemoryAdapter } from '../../memory/index.ts';
import { createMigratingAdapter } from '../index.ts';
import { lockOf, stream, streamsOf } from '../testing/streams.ts';

type Migrating = StorageAdapter & { readonly migration: Migration };
type WithLock = NonNullable<StreamRepository['withLock']>;

/** At cut-over, over a new side with another withLock. */
async function open(change: (withLock: WithLock) => WithLock): Promise<Migrating> {
  const side = (): StorageAdapter => createMemoryAdapter({ namespace: randomUUID(), clock: Date.now });
  const other = side();
  const changed: StorageAdapter = {
    ...other,
    streamRepository: { ...other.streamRepository, withLock: change(lockOf(other).withLock) },
  };
  const adapter = createMigratingAdapter({ old: side(), new: changed, stage: 'dual' }) as Migrating;
  await streamsOf(adapter).create(stream('s1'));
  await adapter.migration.moveTo('cut-over');
  return adapter;
}

/** A section that changes the stream and appends an event. */
async function settle(adapter: Migrating, event: string): Promise<void> {
  await lockOf(adapter).withLock('s1', async (view: LockedView) => {
    const before = (await view.streams?.get('s1')) as StreamRecord;
    await view.streams?.put({ ...before, revision: before.revision + 1 });
    await view.activity?.append({ id: event, type: 'settled', streamId: 's1', description: '' });
  });
}

async function seen(adapter: Migrating): Promise<readonly [number | undefined, readonly string[]]> {
  const record = await streamsOf(adapter).get('s1');
  const page = await adapter.streamRepository?.activity?.list({ streamId: 's1', limit: 10 });
  return [record?.revision, (page?.items ?? []).map(({ id }) => id)];
}

describe('at cut-over a reader', () => {
  it('sees a section when its copies have committed together, and no later one before it', async () => {
    let hold: Promise<void> | undefined;
    let isWritten = (): void => undefined;
    const written = new Promise<void>((resolve) => (isWritten = resolve));
    const adapter = await open(
      (withLock) => (id, callback, options) =>
        withLock(
          id,
          async (view) => {
            const value = await callback(view);
            if (hold !== undefined) isWritten();
            await hold;
            return value;
          },
          options,
        ),
    );
    let commit = (): void => undefined;
    hold = new Promise((resolve) => (commit = resolve));
    const first = settle(adapter, 'event-1');
    const second = settle(adapter, 'event-2');
    await written;
    expect((await streamsOf(adapter.migration.old).get('s1'))?.revision).toBe(1);
    expect(await seen(adapter)).toEqual([0, []]);
    hold = undefined;
    commit();
    await Promise.all([first, second]);
    expect(await seen(adapter)).toEqual([2, ['event-2', 'event-1']]);
    await adapter.close();
  });

  it('reads the old side before a section runs without the lock of the new one', async () => {
    let isDown = false;
    const adapter = await open((withLock) => async (id, callback, options) => {
      if (isDown) throw new StorageError('UNAVAILABLE', 'refused');
      return withLock(id, callback, options);
    });
    isDown = true;
    let suspended: readonly string[] = [];
    await lockOf(adapter).withLock('s1', async () => {
      ({ suspended } = await adapter.migration.status());
    });
    expect(suspended).toHaveLength(1);
    await settle(adapter, 'event-1');
    expect(await seen(adapter)).toEqual([1, ['event-1']]);
    isDown = false;
    expect(await adapter.migration.repair(10)).toMatchObject({ owed: 0 });
    await expect.poll(async () => (await adapter.migration.status()).suspended).toEqual([]);
    await adapter.close();
  });
});
