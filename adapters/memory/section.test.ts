import { describe, expect, test } from 'vitest';
import type { LockedView } from '../contract/index.ts';
import { createMemoryAdapter } from './index.ts';
import { dropStore } from './store.ts';
import target from './target.ts';
import {
  allPages,
  codeFrom,
  gate,
  newNamespace,
  newStream,
  openMemory,
  settle,
  type Opened,
} from './testing/open.ts';

const record = { token: 'settle:k', fingerprint: 'a'.repeat(64), status: 200, body: 'section' };
const event = { id: 'e1', type: 't', streamId: 's1', description: 'section' };

type FullView = Required<Omit<LockedView, 'fence'>>;

/** A section whose view is known to have every surface. */
function section<T>(opened: Opened, id: string, callback: (view: FullView) => Promise<T>): Promise<T> {
  return opened.withLock(id, (view) => callback(view as FullView));
}

/** Everything that the namespace holds. */
async function contents({ streams, users, activity, idempotency, jobs, audit }: Opened): Promise<unknown[]> {
  const stores = [streams, users, activity, idempotency, jobs, audit];
  return (await Promise.all(stores.map(async (store) => (await store.scan({ limit: 1000 })).items))).flat();
}

/** One write to each table. */
async function writeEverywhere(view: FullView): Promise<void> {
  await view.streams.create(newStream('s1'));
  await view.users.put({ walletAddress: 'w' });
  await view.activity.append(event);
  await view.idempotency.insert(record);
  await view.exports.jobs.create({ id: 'x1', ownerId: 'o', fileName: 'f' });
  await view.exports.audit.append({ id: 'a1', exportId: 'x1', type: 'export.requested' });
}

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

describe('locks', () => {
  test('two instances of a namespace exclude each other, and see each other after it', async () => {
    const one = openMemory();
    const two = openMemory(one.namespace);
    await one.streams.create(newStream('s1'));
    const increment = (opened: Opened): Promise<void> =>
      section(opened, 's1', async (view) => {
        const stream = await view.streams.get('s1');
        if (stream === undefined) throw new Error('s1 is gone');
        await settle();
        await view.streams.put({ ...stream, revision: stream.revision + 1 });
      });
    await Promise.all(Array.from({ length: 40 }, (_, number) => increment(number % 2 === 0 ? one : two)));
    expect((await two.streams.get('s1'))?.revision).toBe(40);
  });

  test('namespaces do not share locks or records', async () => {
    const one = openMemory();
    const two = openMemory();
    await section(one, 's1', async (view) => {
      await view.streams.create(newStream('s1'));
      await section(two, 's1', (inner) => inner.streams.create(newStream('s1')) as Promise<never>);
    });
    expect(await contents(two)).toHaveLength(1);
  });

  test('nesting one stream is refused at once, at any depth', async () => {
    const opened = openMemory();
    await section(opened, 'a', async () => {
      expect(await codeFrom(() => section(opened, 'a', () => Promise.resolve()))).toBe('LOCK_REENTRANT');
      await section(opened, 'b', async () => {
        await settle();
        expect(await codeFrom(() => section(opened, 'a', () => Promise.resolve()))).toBe('LOCK_REENTRANT');
      });
      await section(opened, 'b', () => Promise.resolve());
    });
    await section(opened, 'a', () => Promise.resolve());
  });

  test('another instance, and a caller outside, wait instead', async () => {
    const one = openMemory();
    const two = openMemory(one.namespace);
    let inner: Promise<string> | undefined;
    let outside: Promise<string> | undefined;
    const hold = gate();
    const holder = section(one, 'a', async () => {
      inner = section(two, 'a', () => Promise.resolve('inner'));
      await hold.opened;
    });
    await settle();
    outside = section(one, 'a', () => Promise.resolve('outside'));
    hold.open();
    await holder;
    expect([await inner, await outside]).toEqual(['inner', 'outside']);
  });

  test('what a callback starts and leaves running may lock its stream once the section has ended', async () => {
    const opened = openMemory();
    const ended = gate();
    let late: Promise<string> | undefined;
    await section(opened, 'a', async () => {
      late = ended.opened.then(() => section(opened, 'a', () => Promise.resolve('late')));
      await settle();
    });
    ended.open();
    expect(await late).toBe('late');
  });

  test('opposite nesting ends in LOCK_TIMEOUT within the bound, and frees both', async () => {
    const opened = openMemory();
    const bothHeld = [gate(), gate()];
    const nest = (outer: string, inner: string, mine: number): Promise<string> =>
      codeFrom(() =>
        section(opened, outer, async () => {
          bothHeld[mine]?.open();
          await Promise.all(bothHeld.map(({ opened }) => opened));
          await opened.withLock(inner, () => Promise.resolve(), { timeoutMs: 20 });
        }),
      );
    const outcomes = await Promise.all([nest('a', 'b', 0), nest('b', 'a', 1)]);
    expect(outcomes).toContain('LOCK_TIMEOUT');
    await section(opened, 'a', () => section(opened, 'b', () => Promise.resolve()));
  });

  test('a timed-out or aborted waiter runs no callback, then or later', async () => {
    const opened = openMemory();
    const hold = gate();
    const abort = new AbortController();
    let ran = 0;
    const count = (): Promise<void> => {
      ran += 1;
      return Promise.resolve();
    };
    const holder = section(opened, 'a', () => hold.opened);
    const waits = [
      codeFrom(() => opened.withLock('a', count, { timeoutMs: 1 })),
      codeFrom(() => opened.withLock('a', count, { signal: abort.signal })),
    ];
    abort.abort();
    expect(await Promise.all(waits)).toEqual(['LOCK_TIMEOUT', 'ABORTED']);
    hold.open();
    await holder;
    await section(opened, 'a', () => Promise.resolve());
    await settle();
    expect(ran).toBe(0);
  });

  test('a signal aborted in the section stops nothing', async () => {
    const opened = openMemory();
    const abort = new AbortController();
    const value = await opened.withLock(
      'a',
      async (view) => {
        abort.abort();
        await view.streams?.create(newStream('s1'));
        expect(view.signal.aborted).toBe(false);
        return 'done';
      },
      { signal: abort.signal },
    );
    expect(value).toBe('done');
    expect(await contents(opened)).toHaveLength(1);
  });

  test('ids and times that are none are refused before the callback runs', async () => {
    const opened = openMemory();
    const never = (): Promise<never> => Promise.reject(new Error('ran'));
    for (const id of ['', 'a\0', '\ud800', 'x'.repeat(1025), null as never, undefined as never])
      expect(await codeFrom(() => opened.withLock(id, never))).toBe('INVALID_RECORD');
    for (const timeoutMs of [-1, NaN])
      expect(await codeFrom(() => opened.withLock('a', never, { timeoutMs }))).toBe('INVALID_RECORD');
  });
});

describe('the end', () => {
  test('a view is dead once its section has settled, however it did', async () => {
    const opened = openMemory();
    const views: FullView[] = [];
    await section(opened, 'a', (view) => Promise.resolve(views.push(view)));
    await codeFrom(() =>
      section(opened, 'a', (view) => {
        views.push(view);
        return Promise.reject(new Error('mine'));
      }),
    );
    for (const view of views) {
      const calls = [
        () => view.streams.get('s1'),
        () => view.streams.create(newStream('s1')),
        () => view.users.scan({ limit: 1 }),
        () => view.activity.list({ limit: 1 }),
        () => view.idempotency.insert(record),
        () => view.exports.jobs.get('x1'),
        () => view.exports.audit.scan({ limit: 1 }),
      ];
      for (const call of calls) expect(await codeFrom(call)).toBe('CLOSED');
    }
    expect(await contents(opened)).toEqual([]);
  });

  test('close refuses every call, can be repeated, and leaves the records to the next instance', async () => {
    const opened = openMemory();
    await opened.streams.create(newStream('s1'));
    await opened.adapter.close();
    await opened.adapter.close();
    await opened.adapter[Symbol.asyncDispose]();
    const calls = [
      () => opened.streams.get('s1'),
      () => opened.users.put({ walletAddress: 'w' }),
      () => opened.activity.scan({ limit: 1 }),
      () => opened.idempotency.deleteExpired(1),
      () => opened.jobs.get('x'),
      () => opened.audit.scan({ limit: 1 }),
      () => section(opened, 'a', () => Promise.resolve()),
    ];
    for (const call of calls) expect(await codeFrom(call)).toBe('CLOSED');
    expect(await openMemory(opened.namespace).streams.get('s1')).toBeDefined();
  });

  test('close ends waits and sections of its own instance only', async () => {
    const opened = openMemory();
    const other = openMemory(opened.namespace);
    const hold = gate();
    const holder = codeFrom(() =>
      section(opened, 'a', async (view) => {
        await view.streams.create(newStream('s1'));
        await hold.opened;
      }),
    );
    await settle();
    const waiter = codeFrom(() => section(opened, 'a', () => Promise.resolve()));
    const stranger = section(other, 'a', () => Promise.resolve('stranger'));
    await opened.adapter.close();
    expect(await waiter).toBe('CLOSED');
    hold.open();
    expect(await holder).toBe('CLOSED');
    expect(await stranger).toBe('stranger');
    expect(await contents(other)).toEqual([]);
  });

  test('an instance that is closed between grant and callback runs no callback', async () => {
    const opened = openMemory();
    let ran = false;
    const run = codeFrom(() =>
      section(opened, 'a', () => {
        ran = true;
        return Promise.resolve();
      }),
    );
    await opened.adapter.close();
    expect([await run, ran]).toEqual(['CLOSED', false]);
    expect(await section(openMemory(opened.namespace), 'a', () => Promise.resolve('free'))).toBe('free');
  });

  test('destroy forgets the namespace', async () => {
    const opened = openMemory();
    await opened.streams.create(newStream('s1'));
    await opened.adapter.close();
    await target.destroy?.({ connection: null, namespace: opened.namespace });
    expect(await contents(openMemory(opened.namespace))).toEqual([]);
    dropStore(opened.namespace);
  });

  test('more than ten waits and sections at once warn about no leak', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): number => warnings.push(warning);
    process.on('warning', listen);
    const adapter = createMemoryAdapter({ namespace: newNamespace(), clock: Date.now });
    await Promise.all(
      Array.from({ length: 30 }, (_, number) =>
        adapter.streamRepository?.withLock?.(String(number % 2), () => settle()),
      ),
    );
    await settle();
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});
