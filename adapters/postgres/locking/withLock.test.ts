/**
 * What this alone proves: sections of both ways of locking keep what they promise on a real server, down to the sessions,
 * waiters and connections that its views show, which no clause can ask for.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  codeOfRejection,
  eventually,
  gate,
  holdLock,
  stream,
  useServer,
  type FullAdapter,
} from '../testing/server.ts';
import { LOCK_KINDS } from '../options.ts';
import type { LocalServer } from '../../provision/local/localServer.ts';
import { findPgBouncer, PGBOUNCER_MISSING, startPooler } from '../../provision/local/pooler.ts';
import { under } from '../testing/under.ts';
import { startProxy } from '../testing/proxy.ts';

const server = useServer();
const program = await findPgBouncer();
if (program === undefined) console.warn(`SKIPPED: withLock behind PgBouncer. ${PGBOUNCER_MISSING}`);
let pooler: LocalServer | undefined;
beforeAll(async () => {
  if (program !== undefined) pooler = await startPooler(program, server.url);
});
afterAll(() => pooler?.stop());

async function terminate(applicationName: string): Promise<void> {
  await server.sql(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1`,
    [applicationName],
  );
}

const KINDS = [
  { kind: 'prepared', skip: false },
  { kind: 'plain', skip: false },
  { kind: 'pooled', skip: program === undefined },
];

describe.each(LOCK_KINDS.flatMap((lock) => KINDS.map((kind) => ({ lock, ...kind }))))(
  'withLock by $lock with $kind statements',
  ({ lock, kind, skip }) => {
    describe.skipIf(skip)('', () => {
      const { nameOf, waiters, held } = under(server, lock);
      const pair = async (name: string): Promise<[FullAdapter, FullAdapter]> => {
        // Migrations go past the pooler.
        const all = { max: 3, lock, preparedStatements: kind === 'prepared' };
        const namespace = nameOf(name);
        const first = await server.open(namespace, all);
        if (pooler === undefined || kind !== 'pooled') return [first, await server.open(namespace, all)];
        const pooled = { ...all, connectionString: pooler.url };
        return [await server.attach(namespace, pooled), await server.attach(namespace, pooled)];
      };

      it('loses no update of two instances', async () => {
        const [a, b] = await pair(`counter_${kind}`);
        await a.streamRepository.streams.create(stream('s1'));
        await Promise.all(
          Array.from({ length: 60 }, (_, index) =>
            (index % 2 === 0 ? a : b).streamRepository.withLock('s1', async ({ streams }) => {
              const read = await streams?.get('s1');
              await streams?.put(stream('s1', { revision: (read?.revision ?? 0) + 1 }));
            }),
          ),
        );
        expect((await a.streamRepository.streams.get('s1'))?.revision).toBe(60);
        expect(await held(`counter_${kind}`)).toBe(0);
      });

      it('rolls back and rethrows the very error of the callback', async () => {
        const [a, b] = await pair(`rollback_${kind}`);
        const error = new Error('mine');
        const failing = a.streamRepository.withLock('s1', async ({ streams }) => {
          await streams?.create(stream('s1'));
          throw error;
        });
        await expect(failing).rejects.toBe(error);
        expect(await b.streamRepository.streams.get('s1')).toBeUndefined();
        await b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 1000 });
      });

      it('times out without a ghost', async () => {
        const [a, b] = await pair(`timeout_${kind}`);
        const holder = await holdLock(a, 's1');
        let runs = 0;
        const wait = (adapter: FullAdapter): Promise<unknown> =>
          codeOfRejection(
            adapter.streamRepository.withLock('s1', async () => void (runs += 1), { timeoutMs: 50 }),
          );
        // One waits in the database, the other in its own process.
        expect(await Promise.all([wait(b), wait(a)])).toEqual(['LOCK_TIMEOUT', 'LOCK_TIMEOUT']);
        expect(await waiters(`timeout_${kind}`)).toBe(0);
        await holder.release();
        expect(await held(`timeout_${kind}`)).toBe(0);
        expect(runs).toBe(0);
        for (const timeoutMs of [0, 0.5, 5000, Number.MAX_SAFE_INTEGER])
          await b.streamRepository.withLock('s1', async () => void (runs += 1), { timeoutMs });
        expect(runs).toBe(4);
      });

      it('stops waiting when the signal is aborted, and leaves holders alone', async () => {
        const [a, b] = await pair(`abort_${kind}`);
        const holder = await holdLock(a, 's1');
        const abort = new AbortController();
        let runs = 0;
        const waits = [a, b].map((adapter) =>
          codeOfRejection(
            adapter.streamRepository.withLock('s1', async () => void (runs += 1), { signal: abort.signal }),
          ),
        );
        expect(await eventually(async () => (await waiters(`abort_${kind}`)) === 1)).toBe(true);
        abort.abort();
        expect(await Promise.all(waits)).toEqual(['ABORTED', 'ABORTED']);
        expect(await waiters(`abort_${kind}`)).toBe(0);
        await holder.release();
        expect(runs).toBe(0);
        const late = new AbortController();
        await b.streamRepository.withLock(
          's1',
          async ({ streams }) => {
            late.abort();
            await streams?.create(stream('s1'));
          },
          { signal: late.signal },
        );
        expect(await a.streamRepository.streams.get('s1')).toBeDefined();
        const early = a.streamRepository.withLock('s1', async () => undefined, { signal: abort.signal });
        expect(await codeOfRejection(early)).toBe('ABORTED');
      });
    });
  },
);

describe.each(LOCK_KINDS)('a connection that is lost by %s', (lock) => {
  const { nameOf, pair } = under(server, lock);

  it('within a section is LOCK_LOST, and the instance recovers', async () => {
    const [a, b] = await pair('lost', { applicationName: nameOf('lost') });
    let signal: AbortSignal | undefined;
    const section = a.streamRepository.withLock('s1', async (view) => {
      signal = view.signal;
      await view.streams?.create(stream('s1'));
      await terminate(nameOf('lost'));
      await eventually(() => view.signal.aborted);
    });
    expect(await codeOfRejection(section)).toBe('LOCK_LOST');
    expect(signal?.aborted).toBe(true);
    const used = a.streamRepository.withLock('s1', async ({ streams }) => {
      await terminate(nameOf('lost'));
      await streams?.create(stream('s1'));
    });
    expect(await codeOfRejection(used)).toBe('LOCK_LOST');
    expect(await b.streamRepository.streams.get('s1')).toBeUndefined();
    await a.streamRepository.withLock('s1', async ({ streams }) => streams?.create(stream('s1')));
  });

  it('at the commit is OUTCOME_UNKNOWN', async () => {
    const [a] = await pair('commitlost');
    const proxy = await startProxy(server.url);
    try {
      const cut = await server.open(nameOf('commitlost'), { lock, connectionString: proxy.url });
      // With the end of the text: BEGIN ISOLATION LEVEL READ COMMITTED is another statement.
      proxy.cutAfter('COMMIT\0');
      const section = cut.streamRepository.withLock('s1', async ({ streams }) =>
        streams?.create(stream('s1')),
      );
      expect(await codeOfRejection(section)).toBe('OUTCOME_UNKNOWN');
      expect(await a.streamRepository.streams.get('s1')).toBeDefined();
      proxy.cutAfter('INSERT');
      const write = Promise.resolve(cut.streamRepository.streams.create(stream('s2')));
      expect(await codeOfRejection(write)).toBe('OUTCOME_UNKNOWN');
      proxy.cutAfter('SELECT');
      const read = Promise.resolve(cut.streamRepository.streams.get('s2'));
      expect(await codeOfRejection(read)).toBe('UNAVAILABLE');
    } finally {
      await proxy.close();
    }
  });

  it('that answers nothing is given up in bounds', async () => {
    const proxy = await startProxy(server.url);
    const bounds = {
      lockTimeoutMs: 500,
      statementTimeoutMs: 1000,
      queryTimeoutMs: 1500,
      connectTimeoutMs: 1500,
    };
    try {
      await server.open(nameOf('mute'));
      const mute = await server.attach(nameOf('mute'), { lock, connectionString: proxy.url, ...bounds });
      await mute.streamRepository.streams.get('s1');
      proxy.swallow();
      const read = Promise.resolve(mute.streamRepository.streams.get('s1'));
      expect(await codeOfRejection(read)).toBe('UNAVAILABLE');
      const section = mute.streamRepository.withLock('s1', async () => undefined);
      expect(await codeOfRejection(section)).toBe('UNAVAILABLE');
      await mute.close();
    } finally {
      await proxy.close();
    }
  });
});

describe.each(LOCK_KINDS)('an instance by %s', (lock) => {
  const { nameOf, pair, waiters } = under(server, lock);

  it('leaves its connections clean, and leaks none in failures', async () => {
    const a = await server.open(nameOf('clean'), { lock, max: 2, applicationName: nameOf('clean') });
    for (let round = 0; round < 30; round += 1) {
      await a.streamRepository
        .withLock(
          `s${round % 3}`,
          async ({ streams }) => {
            await streams?.create(stream(`x${round}`));
            if (round % 3 === 0) throw new Error('callback');
            if (round % 3 === 1) await streams?.create(stream(`x${round}`));
          },
          { timeoutMs: 900 + round },
        )
        .catch(() => undefined);
    }
    const sessions = await server.sql(
      `SELECT state, xact_start FROM pg_stat_activity WHERE application_name = $1`,
      [nameOf('clean')],
    );
    expect(sessions.length).toBeLessThanOrEqual(3);
    for (const session of sessions) expect(session).toEqual({ state: 'idle', xact_start: null });
  });

  it('that is closed takes its waiters and sections with it', async () => {
    const [a, b] = await pair('closing');
    const held = gate();
    const section = a.streamRepository.withLock('s1', async ({ streams }) => {
      await streams?.create(stream('s1'));
      held.open();
      await a.close();
      return codeOfRejection(Promise.resolve(streams?.get('s1')));
    });
    await held.opened;
    const waiting = codeOfRejection(a.streamRepository.withLock('s1', async () => undefined));
    expect(await codeOfRejection(section)).toBe('CLOSED');
    expect(await waiting).toBe('CLOSED');
    await a.close();
    expect(await codeOfRejection(Promise.resolve(a.streamRepository.streams.get('s1')))).toBe('CLOSED');
    const limit = Promise.resolve(a.streamRepository.streams.list({ limit: -1 }));
    expect(await codeOfRejection(limit)).toBe('CLOSED');
    await b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 5000 });
    expect(await b.streamRepository.streams.get('s1')).toBeUndefined();
  });

  it('that is closed while it waits in the database leaves no waiter there', async () => {
    const [a, b] = await pair('closewait');
    const holder = await holdLock(b, 's1');
    const waiting = codeOfRejection(a.streamRepository.withLock('s1', async () => undefined));
    expect(await eventually(async () => (await waiters('closewait')) === 1)).toBe(true);
    await a.close();
    expect(await waiting).toBe('CLOSED');
    expect(await waiters('closewait')).toBe(0);
    await holder.release();
  });
});
