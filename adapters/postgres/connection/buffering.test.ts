/** What this alone proves: writes that wait for their COMMIT, and records that come with the lock, keep what a view promises. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { codeOfRejection, stream, useServer, type FullAdapter, type FullView } from '../testing/server.ts';
import { LOCK_KINDS } from '../options.ts';

const server = useServer();
const FINGERPRINT = 'f'.repeat(64);

function record(
  token: string,
  fields: { readonly ttlMs?: number } = {},
): Parameters<FullView['idempotency']['insert']>[0] {
  return { token, fingerprint: FINGERPRINT, status: 200, body: '{}', ...fields };
}

describe.each(LOCK_KINDS)('a section by %s', (lock) => {
  const open = async (name: string): Promise<FullAdapter> => {
    const adapter = await server.open(`${name}_${lock}`, { lock });
    await adapter.streamRepository.streams.create(stream('s1'));
    return adapter;
  };
  const locked = <T>(
    adapter: FullAdapter,
    section: (view: FullView) => Promise<T>,
    prefetch = {},
  ): Promise<T> => adapter.streamRepository.withLock('s1', (view) => section(view as FullView), { prefetch });

  it('rejects with the write that its COMMIT has found impossible, and commits nothing', async () => {
    const a = await open('late');
    await a.idempotencyStore.insert(record('t:live'));
    await a.streamRepository.activity.append({ id: 'e1', type: 't', description: 'first' });
    const event = { id: 'e1', type: 't', streamId: 's1', description: 'second' };
    const failures: [object, (view: FullView) => unknown][] = [
      [{ surface: 'idempotency', id: 't:live' }, (view) => view.idempotency.insert(record('t:live'))],
      [{ surface: 'activity', id: 'e1' }, (view) => view.activity.append(event)],
    ];
    const withoutCreation = stream('s1', { revision: 7 });
    for (const [details, write] of failures) {
      // Statements that were prepared in a flight that fails can be prepared again.
      for (const _ of [1, 2]) {
        const section = locked(a, async (view) => {
          const found = await view.streams.get('s1');
          await view.streams.put({ ...withoutCreation, createdAt: found?.createdAt as string });
          await write(view);
        });
        await expect(section).rejects.toMatchObject({ code: 'ALREADY_EXISTS', details });
      }
    }
    const missing = locked(a, async (view) => {
      const { createdAt } = (await view.streams.get('s1')) ?? { createdAt: '' };
      await view.streams.put(stream('gone', { createdAt }));
    });
    await expect(missing).rejects.toMatchObject({
      code: 'NOT_FOUND',
      details: { surface: 'streams', id: 'gone' },
    });
    expect(await a.streamRepository.streams.get('s1')).toMatchObject({ revision: 0 });
    expect((await a.streamRepository.activity.scan({ limit: 5 })).items).toHaveLength(1);
  });

  it('answers with what is stored then, and shows it at once', async () => {
    const a = await open('answers');
    const prefetch = { streams: ['s1'], tokens: ['t:new'] };
    const answered = await locked(
      a,
      async (view) => {
        expect(await view.idempotency.get('t:new')).toBeUndefined();
        const found = await view.streams.get('s1');
        const { updatedAt: _, ...kept } = { ...stream('s1'), ...found };
        const put = await view.streams.put({ ...kept, revision: 1, further: { minus: -0, big: 1e21 } });
        expect(await view.streams.get('s1')).toEqual(put);
        const events = [];
        for (const id of ['z', 'a'])
          events.push(await view.activity.append({ id, type: 't', streamId: 's1', description: id }));
        expect((await view.activity.list({ streamId: 's1', limit: 5 })).items.map(({ id }) => id)).toEqual([
          'a',
          'z',
        ]);
        const inserted = await view.idempotency.insert(record('t:new', { ttlMs: 60_000 }));
        expect(inserted.expiresAt).toBeDefined();
        return { put, events, inserted };
      },
      prefetch,
    );
    expect(await a.streamRepository.streams.get('s1')).toEqual(answered.put);
    expect(await a.idempotencyStore.get('t:new')).toEqual(answered.inserted);
    expect((await a.streamRepository.activity.scan({ limit: 5 })).items).toEqual(
      answered.events.toReversed(),
    );
  });

  it('stamps what it writes in the order in which it is written, those inside it included', async () => {
    const a = await open('order');
    const append = (view: FullView, id: string): Promise<unknown> =>
      Promise.resolve(view.activity.append({ id, type: 't', streamId: 's1', description: id }));
    await locked(a, async (view) => {
      await append(view, 'z');
      const created = await view.streams.create(stream('s2'));
      const { updatedAt: _, ...kept } = created;
      const put = await view.streams.put({ ...kept, revision: 1 });
      expect(put.updatedAt > created.createdAt).toBe(true);
      await a.streamRepository.withLock('s3', (inner) => append(inner as FullView, 'y'));
      await append(view, 'x');
    });
    const { items } = await a.streamRepository.activity.list({ streamId: 's1', limit: 5 });
    expect(items.map(({ id }) => id)).toEqual(['x', 'y', 'z']);
  });

  it('takes an expired token over, and shows no record that has expired since it was fetched', async () => {
    const a = await open('expiry');
    await a.idempotencyStore.insert(record('t:short', { ttlMs: 400 }));
    await locked(
      a,
      async (view) => {
        await sleep(500);
        expect(await view.idempotency.get('t:short')).toBeUndefined();
        await view.idempotency.insert(record('t:short', { ttlMs: 60_000 }));
      },
      { tokens: ['t:short'] },
    );
    expect(await a.idempotencyStore.get('t:short')).toBeDefined();
  });

  it('shows a section inside it what it has written, and drops what it was to write when it throws', async () => {
    const a = await open('inside');
    const failing = locked(a, async (view) => {
      const found = (await view.streams.get('s1')) ?? stream('s1');
      await view.streams.put({ ...found, revision: 1 });
      await a.streamRepository.withLock('s2', async ({ streams }) => {
        expect(await streams?.get('s1')).toMatchObject({ revision: 1 });
      });
      await view.streams.put({ ...found, revision: 2 });
      throw new Error('callback');
    });
    await expect(failing).rejects.toThrow('callback');
    expect(await a.streamRepository.streams.get('s1')).toMatchObject({ revision: 0 });
    expect(await codeOfRejection(locked(a, async (view) => view.streams.list({ limit: 5 })))).toBe(
      'resolved',
    );
  });
});
