/**
 * What this alone proves: sections of both ways of locking keep what they promise on a real server, down to the sessions,
 * waiters and connections that its views show, which no clause can ask for.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RETRYABLE_CODES, type StorageErrorCode } from '../../contract/index.ts';
import {
  codeOfRejection,
  eventually,
  gate,
  holdLock,
  stream,
  useServer,
  type FullAdapter,
  type FullView,
} from '../testing/server.ts';
import { LOCK_KINDS, type LockKind } from '../options.ts';
import type { LocalServer } from '../../provision/local/localServer.ts';
import { findPgBouncer, PGBOUNCER_MISSING, startPooler } from '../../provision/local/pooler.ts';
import { startProxy } from '../testing/proxy.ts';

const server = useServer();
const program = await findPgBouncer();
if (program === undefined) console.warn(`SKIPPED: withLock behind PgBouncer. ${PGBOUNCER_MISSING}`);
let pooler: LocalServer | undefined;
beforeAll(async () => {
  if (program !== undefined) pooler = await startPooler(program, server.url);
});
afterAll(() => pooler?.stop());

type Open = Parameters<typeof server.open>;

async function pair(namespace: Open[0], options: Open[1] = {}): Promise<[FullAdapter, FullAdapter]> {
  const first = await server.open(namespace, options);
  return [first, await server.open(namespace, options)];
}

/** What a test of one way of locking works with. */
function under(lock: LockKind): {
  readonly nameOf: (namespace: string) => string;
  readonly pair: typeof pair;
  readonly waiters: (namespace: string) => Promise<number>;
  readonly held: (namespace: string) => Promise<number>;
} {
  const nameOf = (namespace: string): string => `${namespace}_${lock}`;
  const count = async (sql: string): Promise<number> => (await server.sql(sql)).length;
  const advisory = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`;
  return {
    nameOf,
    pair: (namespace, options) => pair(nameOf(namespace), { ...options, lock }),
    waiters: (namespace) =>
      count(
        lock === 'advisory'
          ? `${advisory} AND NOT granted`
          : `SELECT 1 FROM ls_${nameOf(namespace)}.lease_waiters`,
      ),
    held: (namespace) =>
      count(
        lock === 'advisory'
          ? `${advisory} AND granted`
          : `SELECT 1 FROM ls_${nameOf(namespace)}.leases WHERE owner IS NOT NULL`,
      ),
  };
}

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
      const { nameOf, waiters, held } = under(lock);
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

describe.each(LOCK_KINDS)('a section by %s', (lock) => {
  const { nameOf, pair } = under(lock);

  it('is doomed by a write that fails, also when the callback swallows it', async () => {
    const [a, b] = await pair('doomed');
    await a.streamRepository.streams.create(stream('there'));
    const failures: [StorageErrorCode, (view: FullView) => unknown][] = [
      ['ALREADY_EXISTS', (view) => view.streams.create(stream('there'))],
      ['INVALID_RECORD', (view) => view.streams.create(stream('x', { rate: '-1' }))],
      ['NOT_FOUND', (view) => view.streams.put(stream('missing'))],
      ['CONFLICT', (view) => view.exports.jobs.transition('job', ['ready'], 'expired')],
    ];
    await a.exportRepository.jobs.create({ id: 'job', ownerId: 'o', fileName: 'f' });
    for (const [code, write] of failures) {
      const section = a.streamRepository.withLock('s1', async (view) => {
        await view.streams?.create(stream('new'));
        await Promise.resolve(write(view as FullView)).catch(() => undefined);
        await view.streams?.get('new');
        return 'looks fine';
      });
      expect(await codeOfRejection(section)).toBe(code);
      expect(await b.streamRepository.streams.get('new')).toBeUndefined();
    }
    const reading = a.streamRepository.withLock('s1', async ({ streams }) => {
      await Promise.resolve(streams?.list({ limit: 0 })).catch(() => undefined);
      await streams?.create(stream('new'));
    });
    await reading;
    expect(await b.streamRepository.streams.get('new')).toBeDefined();
  });

  it('is doomed by an SQL error, although COMMIT would not say so', async () => {
    const [a, b] = await pair('sqlerror');
    await server.sql(
      `ALTER TABLE ls_${nameOf('sqlerror')}.activity_events ADD CHECK (description <> 'refused')`,
    );
    const section = a.streamRepository.withLock('s1', async (view) => {
      await view.streams?.create(stream('s1'));
      const event = { id: 'e1', type: 't', description: 'refused' };
      await Promise.resolve(view.activity?.append(event)).catch(() => undefined);
      expect(await codeOfRejection(Promise.resolve(view.streams?.get('s1')))).toBe('INVALID_RECORD');
    });
    expect(await codeOfRejection(section)).toBe('INVALID_RECORD');
    expect(await b.streamRepository.streams.get('s1')).toBeUndefined();
    await a.streamRepository.withLock('s1', async ({ streams }) => streams?.create(stream('s1')));
  });

  it('rejects when only the commit fails', async () => {
    const [a, b] = await pair('commiterror');
    const schema = `ls_${nameOf('commiterror')}`;
    await server.sql(`CREATE FUNCTION ${schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$`);
    await server.sql(`CREATE CONSTRAINT TRIGGER late AFTER INSERT ON ${schema}.users
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse()`);
    const section = a.streamRepository.withLock('s1', async (view) => {
      await view.users?.put({ walletAddress: 'G1' });
      await view.streams?.create(stream('s1'));
    });
    expect(await codeOfRejection(section)).toBe('INVALID_RECORD');
    expect(await b.streamRepository.streams.get('s1')).toBeUndefined();
  });

  it('waits for what its callback did not wait for', async () => {
    const [a, b] = await pair('unawaited');
    await a.streamRepository.withLock('s1', async ({ streams }) => {
      void streams?.create(stream('s1'));
    });
    expect(await b.streamRepository.streams.get('s1')).toBeDefined();
    const doomed = a.streamRepository.withLock('s1', async ({ streams }) => {
      void streams?.create(stream('s2'));
      void streams?.create(stream('s1'));
    });
    expect(await codeOfRejection(doomed)).toBe('ALREADY_EXISTS');
    expect(await b.streamRepository.streams.get('s2')).toBeUndefined();
  });

  it('has a view that is dead afterwards', async () => {
    const [a] = await pair('deadview');
    const view = await a.streamRepository.withLock('s1', async (inner) => inner as FullView);
    expect(await codeOfRejection(Promise.resolve(view.streams.create(stream('s1'))))).toBe('CLOSED');
    expect(await codeOfRejection(Promise.resolve(view.activity.list({ limit: 1 })))).toBe('CLOSED');
    expect(await a.streamRepository.streams.get('s1')).toBeUndefined();
  });

  it('completes with as many holders as it may have, also when they use the instance', async () => {
    const [a] = await pair('holders', { max: 4 });
    let inside = 0;
    const all = gate();
    await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        a.streamRepository.withLock(`s${index}`, async ({ streams }) => {
          inside += 1;
          if (inside === 4) all.open();
          await all.opened;
          await streams?.create(stream(`s${index}`));
          await a.streamRepository.streams.get(`s${index}`);
        }),
      ),
    );
    expect((await a.streamRepository.streams.list({ limit: 10 })).items).toHaveLength(4);
  });

  it('is not kept waiting by those who wait for another stream', async () => {
    const [a, b] = await pair('crowd', { max: 2 });
    const holder = await holdLock(b, 's1');
    const crowd = Array.from({ length: 10 }, () => a.streamRepository.withLock('s1', async () => undefined));
    await a.streamRepository.withLock('s2', async () => undefined, { timeoutMs: 5000 });
    await holder.release();
    await Promise.all(crowd);
  });

  it('takes ids that fold or hash to the same for different ones', async () => {
    const [a] = await pair('ids', { max: 8 });
    const ids = ['stream_73767', 'stream_125983', 'S', 's', 's ', 'é', 'e\u0301', 'null'];
    const all = gate();
    let inside = 0;
    await Promise.all(
      ids.map((id) =>
        a.streamRepository.withLock(id, async () => {
          inside += 1;
          if (inside === ids.length) all.open();
          await all.opened;
        }),
      ),
    );
    for (const id of ['', 'a\0b', '\uD800', 'x'.repeat(1025)]) {
      let runs = 0;
      const refused = a.streamRepository.withLock(id, async () => void (runs += 1));
      expect(await codeOfRejection(refused)).toBe('INVALID_RECORD');
      expect(runs).toBe(0);
    }
  });
});

describe.each(LOCK_KINDS)('a nested section by %s', (lock) => {
  const { pair, waiters } = under(lock);

  it('of the same stream is refused, and one through another instance waits', async () => {
    const [a, b] = await pair('reentrant');
    const codes = await a.streamRepository.withLock('s1', async () => [
      await codeOfRejection(a.streamRepository.withLock('s1', async () => undefined)),
      await codeOfRejection(b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 30 })),
      await a.streamRepository.withLock('s2', async () =>
        codeOfRejection(a.streamRepository.withLock('s1', async () => undefined)),
      ),
    ]);
    expect(codes).toEqual(['LOCK_REENTRANT', 'LOCK_TIMEOUT', 'LOCK_REENTRANT']);
  });

  it('commits with the outer one', async () => {
    const [a, b] = await pair('nested');
    await a.streamRepository.withLock('s1', async (outer) => {
      await outer.streams?.create(stream('s1'));
      await a.streamRepository.withLock('s2', async (inner) => {
        expect(await inner.streams?.get('s1')).toBeDefined();
        await inner.streams?.create(stream('s2'));
      });
      expect(await b.streamRepository.streams.get('s2')).toBeUndefined();
      const other = b.streamRepository.withLock('s2', async () => undefined, { timeoutMs: 30 });
      expect(await codeOfRejection(other)).toBe('LOCK_TIMEOUT');
    });
    expect((await b.streamRepository.streams.list({ limit: 5 })).items).toHaveLength(2);
    const rolledBack = a.streamRepository.withLock('s1', async () => {
      await a.streamRepository.withLock('s3', async ({ streams }) => streams?.create(stream('s3')));
      throw new Error('outer');
    });
    await expect(rolledBack).rejects.toThrow('outer');
    expect(await b.streamRepository.streams.get('s3')).toBeUndefined();
  });

  it('rolls back alone, and frees its lock', async () => {
    const [a, b] = await pair('nestedrollback');
    const error = new Error('inner');
    await a.streamRepository.withLock('s1', async (outer) => {
      await outer.streams?.create(stream('s1'));
      const inner = a.streamRepository.withLock('s2', async ({ streams }) => {
        await streams?.create(stream('s2'));
        throw error;
      });
      await expect(inner).rejects.toBe(error);
      await b.streamRepository.withLock('s2', async () => undefined, { timeoutMs: 5000 });
      const doomed = a.streamRepository.withLock('s2', async ({ streams }) => {
        await Promise.resolve(streams?.create(stream('s1'))).catch(() => undefined);
      });
      expect(await codeOfRejection(doomed)).toBe('ALREADY_EXISTS');
    });
    const { items } = await b.streamRepository.streams.list({ limit: 5 });
    expect(items.map(({ id }) => id)).toEqual(['s1']);
  });

  it('takes writes of the outer one that came meanwhile with it, and then the outer one fails', async () => {
    const [a, b] = await pair('nestedmixed');
    const section = a.streamRepository.withLock('s1', async (outer) => {
      const inner = a.streamRepository.withLock('s2', async () => {
        await outer.streams?.create(stream('s1'));
        throw new Error('inner');
      });
      await inner.catch(() => undefined);
    });
    await expect(section).rejects.toThrow('inner');
    expect(await b.streamRepository.streams.get('s1')).toBeUndefined();
  });

  it('takes no write of the outer one with it unseen that came while it waited for its lock', async () => {
    const [a, b] = await pair('nestedwait');
    const holder = await holdLock(b, 's2');
    let isStored = false;
    const section = a.streamRepository.withLock('s1', async (outer) => {
      const inner = a.streamRepository.withLock('s2', async () => {
        throw new Error('inner');
      });
      await eventually(async () => (await waiters('nestedwait')) === 1);
      const write = Promise.resolve(outer.streams?.create(stream('s1'))).then(() => (isStored = true));
      await holder.release();
      await Promise.allSettled([inner, write]);
    });
    const code = await codeOfRejection(section);
    // Before the savepoint, or behind it: then the outer section fails, too.
    expect(isStored && code === 'resolved').toBe((await b.streamRepository.streams.get('s1')) !== undefined);
  });

  it('that times out or is aborted leaves the outer lock held', async () => {
    const [a, b] = await pair('nestedtimeout');
    const holder = await holdLock(b, 's2');
    await a.streamRepository.withLock('s1', async ({ streams }) => {
      const late = a.streamRepository.withLock('s2', async () => undefined, { timeoutMs: 30 });
      expect(await codeOfRejection(late)).toBe('LOCK_TIMEOUT');
      const abort = new AbortController();
      const waiting = codeOfRejection(
        a.streamRepository.withLock('s2', async () => undefined, { signal: abort.signal }),
      );
      expect(await eventually(async () => (await waiters('nestedtimeout')) === 1)).toBe(true);
      abort.abort();
      expect(await waiting).toBe('ABORTED');
      const other = b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 30 });
      expect(await codeOfRejection(other)).toBe('LOCK_TIMEOUT');
      await streams?.create(stream('s1'));
    });
    await holder.release();
    expect(await b.streamRepository.streams.get('s1')).toBeDefined();
  });

  it('runs beside its siblings one after the other', async () => {
    const [a, b] = await pair('siblings');
    await a.streamRepository.withLock('s0', async () => {
      const siblings = ['s1', 's2', 's2', 's3'].map((id, index) =>
        a.streamRepository.withLock(id, async ({ streams }) => {
          await streams?.create(stream(`new${index}`));
          if (index === 1) throw new Error('one of them');
        }),
      );
      const results = await Promise.allSettled(siblings);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
    });
    const { items } = await b.streamRepository.streams.list({ limit: 5 });
    expect(items.map(({ id }) => id)).toEqual(['new0', 'new2', 'new3']);
  });

  it('in opposite order ends in retryable errors', async () => {
    const [a, b] = await pair('opposite');
    const both = gate();
    let inside = 0;
    const nest = (adapter: FullAdapter, first: string, second: string): Promise<unknown> =>
      codeOfRejection(
        adapter.streamRepository.withLock(first, async () => {
          inside += 1;
          if (inside === 2) both.open();
          await both.opened;
          await adapter.streamRepository.withLock(second, async () => undefined, { timeoutMs: 3000 });
        }),
      );
    const codes = await Promise.all([nest(a, 's1', 's2'), nest(b, 's2', 's1')]);
    const failed = codes.filter((code) => code !== 'resolved');
    expect(failed.length).toBeGreaterThan(0);
    for (const code of failed) expect(RETRYABLE_CODES).toContain(code);
  });
});

describe.each(LOCK_KINDS)('a connection that is lost by %s', (lock) => {
  const { nameOf, pair } = under(lock);

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
  const { nameOf, pair, waiters } = under(lock);

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
