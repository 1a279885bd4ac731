/** What leases promise beyond the tests of withLock, which run under every lock. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LockedView } from '../../contract/index.ts';
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
import { startProxy } from '../testing/proxy.ts';

const server = useServer();
const SECOND = { timeoutMs: 1_000 };
/** Longer than a test may take: one that waits for such a bound fails. */
const ENDLESS = { lockTimeoutMs: 200_000, statementTimeoutMs: 201_000, queryTimeoutMs: 202_000 };

type Options = NonNullable<Parameters<typeof server.open>[1]>;

async function pair(namespace: string, options: Options = {}): Promise<[FullAdapter, FullAdapter]> {
  const all: Options = { lock: 'lease', ...options };
  return [await server.open(namespace, all), await server.open(namespace, all)];
}

/** The row of `s1`, changed by somebody who need not ask. */
async function change(namespace: string, to: string): Promise<void> {
  await server.sql(`UPDATE ls_${namespace}.leases SET ${to} WHERE stream_id = 's1'`);
}

async function row(namespace: string): Promise<Record<string, unknown> | undefined> {
  const rows = await server.sql(
    `SELECT owner, fence, expires_at > clock_timestamp() AS lasts FROM ls_${namespace}.leases WHERE stream_id = 's1'`,
  );
  return rows[0];
}

const runOut = `expires_at = clock_timestamp() - interval '1 second'`;
const OTHER = '00000000-0000-4000-8000-000000000000';

function fenceOf(adapter: FullAdapter): Promise<bigint | undefined> {
  return adapter.streamRepository.withLock('s1', async ({ fence }) => fence);
}

describe('a fence', () => {
  it('grows over release, throw, restart and takeover', async () => {
    const [a, b] = await pair('fences');
    const fences = [await fenceOf(a), await fenceOf(b)];
    const failing = a.streamRepository.withLock('s1', async ({ fence }) => {
      fences.push(fence);
      throw new Error('callback');
    });
    await expect(failing).rejects.toThrow('callback');
    const again = await server.attach('fences', { lock: 'lease' });
    fences.push(await fenceOf(again));
    const superseded = a.streamRepository.withLock('s1', async ({ fence }) => {
      fences.push(fence);
      await change('fences', runOut);
      fences.push(await fenceOf(b));
    });
    expect(await codeOfRejection(superseded)).toBe('LOCK_LOST');
    fences.push(await fenceOf(a));
    expect(fences).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
  });

  it('of a nested section is its own, and grows when it is rolled back alone', async () => {
    const [a, b] = await pair('nestedfence');
    expect(await fenceOf(b)).toBe(1n);
    await a.streamRepository.withLock('s0', async ({ fence }) => {
      expect(fence).toBe(1n);
      const failing = a.streamRepository.withLock('s1', async (inner) => {
        expect(inner.fence).toBe(2n);
        throw new Error('inner');
      });
      await expect(failing).rejects.toThrow('inner');
      expect(await fenceOf(b)).toBe(3n);
    });
  });
});

describe('a holder that is superseded', () => {
  it('is refused its first write, and nothing of it commits', async () => {
    const [a, b] = await pair('superseded');
    const section = a.streamRepository.withLock('s1', async (view) => {
      await change('superseded', runOut);
      await b.streamRepository.withLock('s1', async ({ streams }) => streams?.create(stream('b')), SECOND);
      const write = Promise.resolve(view.streams?.create(stream('a')));
      expect(await codeOfRejection(write)).toBe('LOCK_LOST');
      expect(view.signal.aborted).toBe(true);
    });
    expect(await codeOfRejection(section)).toBe('LOCK_LOST');
    expect(await a.streamRepository.streams.get('a')).toBeUndefined();
    expect(await a.streamRepository.streams.get('b')).toBeDefined();
  });

  it('is refused while the next one is inside, without waiting for it', async () => {
    const [a, b] = await pair('inside', ENDLESS);
    const section = a.streamRepository.withLock('s1', async (view) => {
      await change('inside', runOut);
      await b.streamRepository.withLock('s1', async (next) => {
        await next.streams?.create(stream('b'));
        const write = Promise.resolve(view.streams?.create(stream('a')));
        expect(await codeOfRejection(write)).toBe('LOCK_LOST');
      });
    });
    expect(await codeOfRejection(section)).toBe('LOCK_LOST');
  });

  it('does not commit what sections inside it have written', async () => {
    const [a, b] = await pair('outerlost');
    const section = a.streamRepository.withLock('s1', async () => {
      await a.streamRepository.withLock('s2', async ({ streams }) => streams?.create(stream('a')));
      await change('outerlost', runOut);
      await b.streamRepository.withLock('s1', async () => undefined, SECOND);
    });
    expect(await codeOfRejection(section)).toBe('LOCK_LOST');
    expect(await b.streamRepository.streams.get('a')).toBeUndefined();
    await b.streamRepository.withLock('s2', async () => undefined, SECOND);
  });

  it('is not superseded from its first write on, though its lease runs out', async () => {
    const [a, b] = await pair('written', { leaseMs: 200 });
    await a.streamRepository.withLock('s1', async ({ streams }) => {
      await streams?.create(stream('s1'));
      await sleep(400);
      expect(await row('written')).toMatchObject({ lasts: false });
      const other = b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 100 });
      expect(await codeOfRejection(other)).toBe('LOCK_TIMEOUT');
      await streams?.put(stream('s1', { revision: 1 }));
    });
    expect(await b.streamRepository.streams.get('s1')).toMatchObject({ revision: 1 });
  });
});

describe('a renewal', () => {
  it('keeps the lease of a holder that writes late', async () => {
    const [a, b] = await pair('renewed', { leaseMs: 1_000 });
    await a.streamRepository.withLock('s1', async ({ streams }) => {
      await sleep(2_400);
      const other = b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 100 });
      expect(await codeOfRejection(other)).toBe('LOCK_TIMEOUT');
      await streams?.create(stream('s1'));
    });
    expect(await b.streamRepository.streams.get('s1')).toBeDefined();
  });

  it.each([
    { what: 'owner', to: `owner = '${OTHER}'` },
    { what: 'fence', to: 'fence = fence + 1' },
  ])('of a row with another $what aborts the signal and changes nothing', async ({ what, to }) => {
    const namespace = `renewal_${what}`;
    const [a] = await pair(namespace, { leaseMs: 600 });
    let aborted = false;
    const section = a.streamRepository.withLock('s1', async ({ signal }) => {
      await change(namespace, `${to}, expires_at = clock_timestamp() + interval '1 hour'`);
      const before = await row(namespace);
      aborted = await eventually(() => signal.aborted);
      expect((signal.reason as { code?: string }).code).toBe('LOCK_LOST');
      expect(await row(namespace)).toEqual(before);
    });
    expect(await codeOfRejection(section)).toBe('LOCK_LOST');
    expect(aborted).toBe(true);
    expect(await row(namespace)).toMatchObject({ lasts: true });
  });

  it('that cannot be sent ends in a lost lease when it must have run out', async () => {
    const proxy = await startProxy(server.url);
    const bounds = { lockTimeoutMs: 500, statementTimeoutMs: 5_000, queryTimeoutMs: 5_500 };
    try {
      const [a] = await pair('mutelease');
      const options: Options = { lock: 'lease', leaseMs: 500, connectTimeoutMs: 1_500, ...bounds };
      const mute = await server.attach('mutelease', { ...options, connectionString: proxy.url });
      let aborted = false;
      const section = mute.streamRepository.withLock('s1', async ({ signal }) => {
        proxy.swallow();
        // Before a statement gives up.
        await Promise.race([once(signal, 'abort'), sleep(4_000)]);
        aborted = signal.aborted;
      });
      expect(await codeOfRejection(section)).toBe('LOCK_LOST');
      expect(aborted).toBe(true);
      await a.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 5_000 });
      await mute.close();
    } finally {
      await proxy.close();
    }
  });
});

describe('a lease', () => {
  it('that is another one is not given back by a section that fails', async () => {
    const [a] = await pair('others');
    const failing = a.streamRepository.withLock('s1', async () => {
      await change('others', 'fence = fence + 1');
      throw new Error('callback');
    });
    await expect(failing).rejects.toThrow('callback');
    expect(await row('others')).toMatchObject({ fence: '2', lasts: true });
  });

  it('is given back at once by a section that fails, or whose connection is lost', async () => {
    const applicationName = 'givenback';
    const [a, b] = await pair('givenback', { leaseMs: 60_000, applicationName });
    const failing = a.streamRepository.withLock('s1', async ({ streams }) => {
      await streams?.create(stream('s1'));
      throw new Error('callback');
    });
    await expect(failing).rejects.toThrow('callback');
    await b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 0 });
    const cut = a.streamRepository.withLock('s1', async ({ streams }) => {
      await streams?.create(stream('s1'));
      await server.sql(
        `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1`,
        [applicationName],
      );
    });
    expect(await codeOfRejection(cut)).toBe('LOCK_LOST');
    await b.streamRepository.withLock('s1', async () => undefined, SECOND);
  });

  it('is given back by close, however long it would last', async () => {
    const [a, b] = await pair('closed', { leaseMs: 60_000 });
    const never = gate();
    const writing = gate();
    const section = a.streamRepository.withLock('s1', async ({ streams }) => {
      await streams?.create(stream('s1'));
      writing.open();
      await never.opened;
    });
    await writing.opened;
    await a.close();
    await b.streamRepository.withLock('s1', async () => undefined, SECOND);
    never.open();
    expect(await codeOfRejection(section)).toBe('CLOSED');
    expect(await b.streamRepository.streams.get('s1')).toBeUndefined();
  });

  it('commits without waiting for the disk only where nothing was written', async () => {
    const [a] = await pair('flushed');
    const withLock: typeof a.streamRepository.withLock = (id, callback) =>
      a.streamRepository.withLock(id, callback);
    // Looks as the transaction commits.
    await server.sql(`CREATE TABLE ls_flushed.commits (setting text)`);
    await server.sql(`CREATE FUNCTION ls_flushed.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO ls_flushed.commits VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$`);
    await server.sql(`CREATE CONSTRAINT TRIGGER look AFTER UPDATE ON ls_flushed.leases
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.owner IS NULL) EXECUTE FUNCTION ls_flushed.look()`);
    const write = async (view: LockedView): Promise<void> => {
      await view.users?.put({ walletAddress: 'w' });
    };
    const nothing = async (): Promise<undefined> => undefined;
    await withLock('s1', nothing);
    await withLock('s1', write);
    await withLock('s1', () => withLock('s2', write));
    await withLock('s1', async (view) => {
      await withLock('s2', nothing);
      await write(view);
    });
    const settings = (await server.sql('SELECT setting FROM ls_flushed.commits')).map(
      ({ setting }) => setting,
    );
    expect(settings).toEqual(['off', 'on', 'on', 'on', 'on', 'on']);
  });
});

describe('whoever waits for a lease', () => {
  it('has a bound that ends the wait, and no lower bound for one that is free', async () => {
    const [a, b] = await pair('bounds', ENDLESS);
    const holder = await holdLock(a, 's1');
    const wait = b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 80 });
    expect(await codeOfRejection(wait)).toBe('LOCK_TIMEOUT');
    await holder.release();
    await b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 0 });
  });

  it('is not overtaken by those who come later, unless it has died', async () => {
    const [a] = await pair('line');
    expect(await fenceOf(a)).toBe(1n);
    const stand = (ms: number): Promise<unknown> =>
      server.sql(
        `INSERT INTO ls_line.lease_waiters VALUES ('s1', gen_random_uuid(), clock_timestamp(),
          clock_timestamp() + $1 * interval '1 millisecond')`,
        [ms],
      );
    await stand(3_000);
    const late = a.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 100 });
    expect(await codeOfRejection(late)).toBe('LOCK_TIMEOUT');
    await a.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 10_000 });
    expect(await row('line')).toMatchObject({ fence: '2' });
  });

  it('keeps the section alive that it is nested in', async () => {
    const [a] = await pair('alive', { idleInTransactionTimeoutMs: 1000 });
    const b = await server.attach('alive', { lock: 'lease' });
    const holder = await holdLock(b, 's2');
    const released = sleep(2_500).then(() => holder.release());
    await a.streamRepository.withLock('s1', async ({ streams }) => {
      await a.streamRepository.withLock('s2', async (inner) => inner.streams?.create(stream('s2')));
      await streams?.create(stream('s1'));
    });
    await released;
    expect(await a.streamRepository.streams.get('s1')).toBeDefined();
  });

  it('is let in within 200 grants to others, through other instances too', async () => {
    const [a, b] = await pair('fair');
    let grants = 0;
    const done = new AbortController();
    const grant = async (): Promise<void> => {
      grants += 1;
    };
    const greedy = async (): Promise<void> => {
      for (let round = 0; round < 250 && !done.signal.aborted; round += 1)
        await a.streamRepository.withLock('s1', grant);
    };
    const running = Promise.all([greedy(), greedy()]);
    await eventually(() => grants > 5);
    const before = grants;
    await b.streamRepository.withLock('s1', async () => done.abort());
    expect(grants - before).toBeLessThan(200);
    await running;
  });

  it('leaves a view that is dead, and a row that is free', async () => {
    const [a] = await pair('dead');
    const view = await a.streamRepository.withLock('s1', async (inner) => inner as FullView);
    expect(await codeOfRejection(Promise.resolve(view.streams.create(stream('s1'))))).toBe('CLOSED');
    expect(await row('dead')).toEqual({ owner: null, fence: '1', lasts: null });
  });
});
