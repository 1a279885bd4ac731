import { describe, expect, test } from 'vitest';
import { allPages, codeFrom, gate, newStream, openMemory, settle, type Opened } from './testing/open.ts';
import { contents, event, record, section, writeEverywhere, type FullView } from './testing/section.ts';

describe('what a section writes', () => {
  test('is seen through its view at once, by others after it, all together', async () => {
    const opened = openMemory();
    await section(opened, 's1', async (view) => {
      await writeEverywhere(view);
      expect(await view.streams.get('s1')).toMatchObject(newStream('s1'));
      expect((await view.users.scan({ limit: 5 })).items).toHaveLength(1);
      expect((await view.activity.list({ streamId: 's1', limit: 5 })).items).toHaveLength(1);
      expect(await view.idempotency.get(record.token)).toMatchObject(record);
      expect((await view.exports.jobs.list({ ownerId: 'o', limit: 5 })).items).toHaveLength(1);
      expect((await view.exports.audit.list({ exportId: 'x1', limit: 5 })).items).toHaveLength(1);
      expect(await contents(opened)).toEqual([]);
    });
    expect(await contents(opened)).toHaveLength(6);
  });

  test('is dropped when the callback throws, whose own error comes out', async () => {
    const opened = openMemory();
    for (const thrown of [new Error('mine'), 'a string', undefined]) {
      let caught: unknown = 'nothing';
      try {
        await section(opened, 's1', async (view) => {
          await writeEverywhere(view);
          throw thrown;
        });
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
    }
    expect(await contents(opened)).toEqual([]);
    expect(await section(opened, 's1', () => Promise.resolve('free'))).toBe('free');
  });

  test('is dropped when the callback throws before its first wait', async () => {
    const opened = openMemory();
    const thrown = new Error('mine');
    const run = opened.withLock('s1', () => {
      throw thrown;
    });
    await expect(run).rejects.toBe(thrown);
    expect(await section(opened, 's1', () => Promise.resolve('free'))).toBe('free');
  });

  test('merges into lists in order, with deletions and moves, in both directions', async () => {
    const opened = openMemory();
    const { streams, activity } = opened;
    const time = (minute: number): string => `2026-01-31T08:0${minute}:00.000Z`;
    for (const minute of [1, 3, 5, 7]) {
      await streams.create(newStream(`s${minute}`, { createdAt: time(minute) }));
      await activity.append({ ...event, id: `e${minute}`, timestamp: time(minute) });
    }
    await section(opened, 's1', async (view) => {
      for (const minute of [0, 4, 8]) {
        await view.streams.create(newStream(`s${minute}`, { createdAt: time(minute) }));
        await view.activity.append({ ...event, id: `e${minute}`, timestamp: time(minute) });
      }
      await view.streams.delete('s3');
      await view.streams.put(newStream('s5', { status: 'ended', createdAt: time(9) }));
      const order = ['s0', 's1', 's4', 's7', 's8', 's5'];
      for (const limit of [1, 2, 3, 100]) {
        expect((await allPages((at) => view.streams.list({ limit, ...at }))).map(({ id }) => id)).toEqual(
          order,
        );
        expect((await allPages((at) => view.streams.scan({ limit, ...at }))).map(({ id }) => id)).toEqual(
          [...order].sort(),
        );
        const events = await allPages((at) => view.activity.list({ streamId: 's1', limit, ...at }));
        expect(events.map(({ id }) => id)).toEqual(['e8', 'e7', 'e5', 'e4', 'e3', 'e1', 'e0']);
      }
      expect((await view.streams.list({ status: 'ended', limit: 5 })).items.map(({ id }) => id)).toEqual([
        's5',
      ]);
    });
    const after = (await streams.list({ limit: 100 })).items.map(({ id }) => id);
    expect(after).toEqual(['s0', 's1', 's4', 's7', 's8', 's5']);
  });

  test('may be deleted and made again within it', async () => {
    const opened = openMemory();
    await opened.streams.create(newStream('s1', { memo: 'old' }));
    await section(opened, 's1', async (view) => {
      expect(await view.streams.delete('s1')).toBe(true);
      expect(await view.streams.delete('s1')).toBe(false);
      expect(await view.streams.get('s1')).toBeUndefined();
      await view.streams.create(newStream('s1', { memo: 'new' }));
      await view.streams.create(newStream('s2'));
      await view.streams.delete('s2');
    });
    expect((await opened.streams.scan({ limit: 5 })).items.map(({ id, memo }) => [id, memo])).toEqual([
      ['s1', 'new'],
    ]);
  });
});

describe('a write that fails', () => {
  const failures: readonly [string, string, (view: FullView) => unknown][] = [
    ['an existing stream', 'ALREADY_EXISTS', (view) => view.streams.create(newStream('old'))],
    ['an invalid record', 'INVALID_RECORD', (view) => view.streams.put(newStream('old', { rate: 'NaN' }))],
    ['an unknown stream', 'NOT_FOUND', (view) => view.streams.put(newStream('nobody'))],
    ['an existing event', 'ALREADY_EXISTS', (view) => view.activity.append({ ...event, id: 'old' })],
    ['a live token', 'ALREADY_EXISTS', (view) => view.idempotency.insert({ ...record, token: 'settle:old' })],
    ['a bad token', 'INVALID_TOKEN', (view) => view.idempotency.insert({ ...record, token: 'x' })],
    ['a wrong transition', 'CONFLICT', (view) => view.exports.jobs.transition('old', ['ready'], 'expired')],
  ];

  async function withOldOnes(): Promise<Opened> {
    const opened = openMemory();
    await opened.streams.create(newStream('old'));
    await opened.activity.append({ ...event, id: 'old' });
    await opened.idempotency.insert({ ...record, token: 'settle:old' });
    await opened.jobs.create({ id: 'old', ownerId: 'o', fileName: 'f' });
    return opened;
  }

  test.each(failures)('%s dooms the section, although it is swallowed: %s', async (_name, code, fail) => {
    const opened = await withOldOnes();
    const before = await contents(opened);
    const run = section(opened, 's1', async (view) => {
      await view.streams.create(newStream('before'));
      expect(await codeFrom(() => fail(view))).toBe(code);
      await view.streams.create(newStream('after'));
      return 'done';
    });
    expect(await codeFrom(() => run)).toBe(code);
    expect(await contents(opened)).toEqual(before);
  });

  test('dooms it too when nobody waits for the write', async () => {
    const opened = await withOldOnes();
    const run = section(opened, 's1', async (view) => {
      void view.streams.create(newStream('old'));
      await settle();
    });
    expect(await codeFrom(() => run)).toBe('ALREADY_EXISTS');
  });

  test('names surface and id', async () => {
    const opened = await withOldOnes();
    const run = section(
      opened,
      's1',
      (view) => view.idempotency.insert({ ...record, token: 'settle:old' }) as never,
    );
    await expect(run).rejects.toMatchObject({ details: { surface: 'idempotency', id: 'settle:old' } });
  });

  test('gives way to the error that the callback throws', async () => {
    const opened = await withOldOnes();
    const mine = new Error('mine');
    const run = section(opened, 's1', async (view) => {
      await codeFrom(() => view.streams.create(newStream('old')));
      throw mine;
    });
    await expect(run).rejects.toBe(mine);
  });

  test('a read that fails dooms nothing', async () => {
    const opened = await withOldOnes();
    await section(opened, 's1', async (view) => {
      expect(await codeFrom(() => view.streams.list({ limit: 1, cursor: 'x' }))).toBe('INVALID_CURSOR');
      await view.streams.create(newStream('s1'));
    });
    expect(await opened.streams.get('s1')).toBeDefined();
  });
});

describe('others who write meanwhile', () => {
  test.each([
    ['streams', 's1', (opened: Opened) => opened.streams.create(newStream('s1', { memo: 'outside' }))],
    ['activity', 'e1', (opened: Opened) => opened.activity.append({ ...event, description: 'outside' })],
    [
      'idempotency',
      'settle:k',
      (opened: Opened) => opened.idempotency.insert({ ...record, body: 'outside' }),
    ],
    [
      'idempotency',
      'settle:k',
      (opened: Opened) => opened.idempotency.putIfAbsent({ ...record, body: 'outside' }),
    ],
    [
      'exports',
      'x1',
      (opened: Opened) => opened.jobs.create({ id: 'x1', ownerId: 'outside', fileName: 'f' }),
    ],
    [
      'exports',
      'a1',
      (opened: Opened) => opened.audit.append({ id: 'a1', exportId: 'y', type: 'export.expired' }),
    ],
  ])('win an id of %s: the section rolls back with ALREADY_EXISTS', async (surface, id, writeOutside) => {
    const opened = openMemory();
    const run = section(opened, 's1', async (view) => {
      await writeEverywhere(view);
      await writeOutside(opened);
    });
    await expect(run).rejects.toMatchObject({ code: 'ALREADY_EXISTS', details: { surface, id } });
    expect(await contents(opened)).toHaveLength(1);
  });

  test('take over an expired token, of two sections exactly one', async () => {
    const opened = openMemory();
    await opened.idempotency.insert({ ...record, ttlMs: 1 });
    opened.clock.advance(5);
    const both = gate();
    const take = (lock: string): Promise<string> =>
      codeFrom(() =>
        section(opened, lock, async (view) => {
          await view.idempotency.insert({ ...record, body: lock });
          await both.opened;
        }),
      );
    const runs = [take('a'), take('b')];
    await settle();
    both.open();
    expect((await Promise.all(runs)).sort()).toEqual(['ALREADY_EXISTS', 'none']);
  });

  test('move a job, of two that move it from one status exactly one', async () => {
    const opened = openMemory();
    await opened.jobs.create({ id: 'x1', ownerId: 'o', fileName: 'f' });
    const run = section(opened, 'a', async (view) => {
      await view.exports.jobs.transition('x1', ['pending'], 'processing');
      await opened.jobs.transition('x1', ['pending'], 'processing');
    });
    expect(await codeFrom(() => run)).toBe('CONFLICT');
    expect((await opened.jobs.get('x1'))?.attempts).toBe(1);
  });

  test('delete a stream that a section updates: NOT_FOUND', async () => {
    const opened = openMemory();
    await opened.streams.create(newStream('s1'));
    const run = section(opened, 's1', async (view) => {
      await view.streams.put(newStream('s1', { revision: 1 }));
      await opened.streams.delete('s1');
    });
    expect(await codeFrom(() => run)).toBe('NOT_FOUND');
    expect(await contents(opened)).toEqual([]);
  });

  test('commit beside it: a section reads what is committed as it reads', async () => {
    const opened = openMemory();
    await section(opened, 's1', async (view) => {
      await opened.streams.create(newStream('s1'));
      expect(await view.streams.get('s1')).toBeDefined();
    });
  });
});
