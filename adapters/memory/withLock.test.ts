import { describe, expect, test } from 'vitest';
import { createMemoryAdapter } from './index.ts';
import { dropStore } from './store.ts';
import target from './target.ts';
import { codeFrom, gate, newNamespace, newStream, openMemory, settle, type Opened } from './testing/open.ts';
import { contents, record, section, type FullView } from './testing/section.ts';

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
