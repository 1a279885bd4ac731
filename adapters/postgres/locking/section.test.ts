/** What this alone proves: what sections promise holds on a real server, also nested, whatever fails in them. */
import { describe, expect, it } from 'vitest';
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
import { LOCK_KINDS } from '../options.ts';
import { under } from '../testing/under.ts';

const server = useServer();

describe.each(LOCK_KINDS)('a section by %s', (lock) => {
  const { nameOf, pair } = under(server, lock);

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
  const { pair, waiters } = under(server, lock);

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
      // They may end before the release has told that it is over.
      const ended = Promise.allSettled([inner, write]);
      await holder.release();
      await ended;
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
