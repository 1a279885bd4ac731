import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type {
  IdempotencyStore,
  LockedView,
  Migration,
  StorageAdapter,
  StreamRepository,
} from '../contract/index.ts';
import { createMemoryAdapter } from '../memory/index.ts';
import { lockOf, stream, streamsOf } from './testing/streams.ts';
import { createMigratingAdapter, type MigrationOptions } from './index.ts';

const DAY_MS = 24 * 3_600_000;

/** Two namespaces, and instances over them that a test may open again and again. */
class Move {
  readonly #old = randomUUID();
  readonly #new = randomUUID();
  nowMs = Date.UTC(2030, 0, 1);

  side(name: 'old' | 'new'): StorageAdapter {
    return createMemoryAdapter({
      namespace: name === 'old' ? this.#old : this.#new,
      clock: () => this.nowMs,
    });
  }

  open(options: Partial<MigrationOptions> = {}): StorageAdapter & { readonly migration: Migration } {
    const sides = { old: this.side('old'), new: this.side('new') };
    return createMigratingAdapter({ ...sides, stage: 'dual', ...options }) as ReturnType<Move['open']>;
  }
}

const tokensOf = ({ idempotencyStore }: StorageAdapter) => idempotencyStore as Required<IdempotencyStore>;
const jobsOf = ({ exportRepository }: StorageAdapter) => exportRepository!.jobs;

const put = (revision: number) => async (view: LockedView) => {
  await view.streams?.put(stream('s1', { revision }));
};

describe('what is written to both sides', () => {
  it('is the old side alone before the migration', async () => {
    const move = new Move();
    const adapter = move.open({ stage: 'before' });
    await streamsOf(adapter).create(stream('s1'));
    await lockOf(adapter).withLock('s1', put(1));
    expect(await streamsOf(adapter.migration.new).get('s1')).toBeUndefined();
    expect((await streamsOf(adapter.migration.old).get('s1'))?.revision).toBe(1);
  });

  it('is known to an instance that was just opened and has only to copy', async () => {
    const move = new Move();
    const operator = move.open({ stage: 'before', follow: true });
    await operator.migration.instruct({ stage: 'dual' });
    await streamsOf(operator.migration.old).create(stream('s1'));
    const later = move.open({ stage: 'before', follow: true });
    expect(await later.migration.backfill(10)).toMatchObject({ copied: 1, done: true });
    const apart = move.open({ stage: 'before' });
    await expect(apart.migration.backfill(10)).rejects.toMatchObject({ code: 'CONFLICT' });
    for (const adapter of [operator, later, apart]) await adapter.close();
  });

  it('leaves no record of its own once it is copied', async () => {
    const adapter = new Move().open();
    await streamsOf(adapter).create(stream('s1'));
    await lockOf(adapter).withLock('s1', put(1));
    expect((await tokensOf(adapter.migration.old).scan({ limit: 10 })).items).toEqual([]);
    expect(await streamsOf(adapter.migration.new).get('s1')).toEqual(await streamsOf(adapter).get('s1'));
  });

  it('is owed while the new side is away, and shown to nobody', async () => {
    const move = new Move();
    const adapter = move.open();
    await streamsOf(adapter).create(stream('s1'));
    await adapter.migration.new.close();
    await lockOf(adapter).withLock('s1', put(1));
    await streamsOf(adapter).put(stream('s1', { revision: 2 }));
    const owedBy = await adapter.migration.status();
    expect(owedBy.owed).toMatchObject({ count: 1, first: [{ kind: 'streams', id: 's1' }] });
    expect((await tokensOf(adapter).scan({ limit: 10 })).items).toEqual([]);

    const later = move.open();
    expect(await later.migration.repair(1)).toEqual({ repaired: 1, owed: 0, failed: [] });
    expect(await later.migration.repair(10)).toEqual({ repaired: 0, owed: 0, failed: [] });
    expect((await streamsOf(later.migration.new).get('s1'))?.revision).toBe(2);
  });

  it('is owed after the time that a write takes at most, when its process died on the way', async () => {
    const move = new Move();
    const old = move.side('old');
    const dying = move.open({
      old: {
        ...old,
        streamRepository: {
          ...lockOf(old),
          streams: {
            ...streamsOf(old),
            async create(record) {
              await streamsOf(old).create(record);
              return new Promise(() => {});
            },
          },
        },
      },
    });
    void streamsOf(dying).create(stream('s1'));
    await new Promise((resolve) => setTimeout(resolve, 5));

    const other = move.open({ writeBoundMs: 1000 });
    expect(await other.migration.repair(10)).toMatchObject({ repaired: 0, owed: 0 });
    expect((await other.migration.compare(10)).owed).toBe(1);
    await expect(other.migration.moveTo('cut-over')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { owed: 1 },
    });
    move.nowMs += 1001;
    expect(await other.migration.repair(10)).toMatchObject({ repaired: 1, owed: 0 });
    expect(await streamsOf(other.migration.new).get('s1')).toBeDefined();
  });

  it('is one job, of however many, when a worker died in its claim', async () => {
    const move = new Move();
    const old = move.side('old');
    const { jobs, audit } = old.exportRepository!;
    const dying = move.open({
      old: {
        ...old,
        exportRepository: {
          audit,
          jobs: {
            ...jobs,
            async claimNext(worker, leaseMs) {
              await jobs.claimNext?.(worker, leaseMs);
              return new Promise(() => {});
            },
          },
        },
      },
    });
    const names = Array.from({ length: 60 }, (_, index) => `j${index}`);
    for (const id of names) await jobsOf(dying).create({ id, ownerId: 'o1', fileName: 'a.csv' });
    void jobsOf(dying).claimNext?.('worker', 60_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    move.nowMs += DAY_MS;

    // Each copy takes its time: all of them would take longer than one copy may.
    const slow = move.side('new');
    const withLock: NonNullable<StreamRepository['withLock']> = async (id, callback, options) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return lockOf(slow).withLock(id, callback, options);
    };
    const repairing = move.open({
      new: { ...slow, streamRepository: { ...lockOf(slow), withLock } },
      newSideBoundMs: 300,
    });
    expect(await repairing.migration.repair(10)).toEqual({ repaired: 1, owed: 0, failed: [] });
    expect((await jobsOf(slow).get('j0'))?.status).toBe('processing');
  });

  it('is nothing when the write was refused', async () => {
    const adapter = new Move().open();
    await streamsOf(adapter).create(stream('s1'));
    await expect(streamsOf(adapter).create(stream('s1'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await adapter.migration.compare(10)).toEqual({
      differences: [],
      compared: 1,
      owed: 0,
      unread: [],
    });
  });

  it('is what a nested section has committed, whatever becomes of the section around it', async () => {
    const adapter = new Move().open();
    await streamsOf(adapter).create(stream('s1'));
    await streamsOf(adapter).create(stream('s2'));
    const failing = lockOf(adapter).withLock('s2', async (view) => {
      await view.streams?.put(stream('s2', { revision: 1 }));
      await lockOf(adapter).withLock('s1', put(1));
      throw new Error('after all');
    });
    await expect(failing).rejects.toThrow('after all');
    expect((await streamsOf(adapter.migration.new).get('s1'))?.revision).toBe(1);
    expect((await streamsOf(adapter.migration.new).get('s2'))?.revision).toBe(0);
    expect((await adapter.migration.compare(10)).differences).toEqual([]);
  });

  it('are export jobs of every status, with what their workers left', async () => {
    const move = new Move();
    const adapter = move.open({ stage: 'before' });
    const jobs = jobsOf(adapter);
    const ready = {
      signedUrl: 'https://files.invalid/1',
      signedUrlExpiresAt: '2031-01-01T00:00:00.000Z',
      rows: 3,
    };
    const create = (id: string) => jobs.create({ id, ownerId: 'o1', fileName: 'a.csv' });
    await create('failed');
    const claimed = await jobs.claimNext?.('worker', 1000);
    await jobs.fail?.(claimed!.claim, 'disk full');
    await create('again');
    await jobs.claimNext?.('worker', 1000);
    move.nowMs += 2000;
    await jobs.claimNext?.('worker', 1000);
    for (const id of ['ready', 'expired']) {
      await create(id);
      await jobs.transition(id, ['pending'], 'processing');
      await jobs.transition(id, ['processing'], 'ready', ready);
    }
    await jobs.transition('expired', ['ready'], 'expired');
    await create('pending');

    await adapter.migration.moveTo('dual');
    expect(await adapter.migration.backfill(100)).toMatchObject({ examined: 5, copied: 5, done: true });
    expect((await adapter.migration.compare(10)).differences).toEqual([]);
    const copies = await jobsOf(adapter.migration.new).scan({ limit: 10 });
    expect(
      copies.items.map(({ id, status, attempts, failureReason }) => [id, status, attempts, failureReason]),
    ).toEqual([
      ['again', 'processing', 2, undefined],
      ['expired', 'expired', 1, undefined],
      ['failed', 'failed', 1, 'disk full'],
      ['pending', 'pending', 0, undefined],
      ['ready', 'ready', 1, undefined],
    ]);
    // Workers are given jobs by the old side; nobody holds a copy.
    expect((await jobs.claimNext?.('worker', 1000))?.job.id).toBe('pending');
    expect((await jobsOf(adapter.migration.new).get('pending'))?.status).toBe('processing');
    await jobs.transition('pending', ['processing'], 'failed');
    expect((await jobsOf(adapter.migration.new).get('pending'))?.status).toBe('failed');
  });
});

describe('the locks of both sides', () => {
  it('are waited for together', async () => {
    const adapter = new Move().open();
    await streamsOf(adapter).create(stream('s1'));
    let release = (): void => {};
    const held = lockOf(adapter.migration.new).withLock(
      's1',
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    await expect(lockOf(adapter).withLock('s1', put(1), { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    release();
    await held;
    expect((await streamsOf(adapter).get('s1'))?.revision).toBe(0);
    await lockOf(adapter).withLock('s1', put(2));
    expect((await streamsOf(adapter).get('s1'))?.revision).toBe(2);
  });

  it('run a callback once, though the new side runs its sections again', async () => {
    const move = new Move();
    const other = move.side('new');
    const twice: StreamRepository['withLock'] = (id, callback, options) =>
      lockOf(other).withLock(
        id,
        async (view) => {
          await callback(view);
          return callback(view);
        },
        options,
      );
    const adapter = move.open({ new: { ...other, streamRepository: { ...lockOf(other), withLock: twice } } });
    let runs = 0;
    await lockOf(adapter).withLock('s1', async () => {
      runs += 1;
    });
    expect(runs).toBe(1);
  });
});

describe('backfill', () => {
  it('goes on where another instance has stopped, and starts anew when it is done', async () => {
    const move = new Move();
    const before = move.open({ stage: 'before' });
    for (const id of ['a', 'b', 'c']) await streamsOf(before).create(stream(id));
    await tokensOf(before).insert({
      token: 'settle:k1',
      fingerprint: 'a'.repeat(64),
      status: 200,
      body: '{}',
      ttlMs: DAY_MS,
    });
    expect(await move.open().migration.backfill(2)).toMatchObject({ examined: 2, copied: 2, done: false });
    expect(await move.open().migration.backfill(10)).toMatchObject({ examined: 2, copied: 2, done: true });
    expect(await move.open().migration.backfill(10)).toMatchObject({ examined: 4, copied: 0, done: true });
  });

  it('does not bring back what has expired', async () => {
    const move = new Move();
    const adapter = move.open({ stage: 'before' });
    await tokensOf(adapter).insert({
      token: 'settle:k1',
      fingerprint: 'a'.repeat(64),
      status: 200,
      body: '{}',
      ttlMs: 10,
    });
    move.nowMs += 20;
    await adapter.migration.moveTo('dual');
    expect(await adapter.migration.backfill(10)).toMatchObject({ examined: 1, copied: 0, done: true });
    expect(await adapter.migration.compare(10)).toMatchObject({ differences: [] });
  });

  it('needs an instance that writes to both sides, and a limit', async () => {
    const adapter = new Move().open({ stage: 'bridged' });
    await expect(adapter.migration.backfill(1)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(adapter.migration.repair(1)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(adapter.migration.backfill(0)).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    await expect(adapter.migration.moveTo('later' as never)).rejects.toMatchObject({
      code: 'INVALID_RECORD',
    });
  });
});

describe('comparison', () => {
  it('names each difference, and no more than asked for', async () => {
    const adapter = new Move().open();
    for (const id of ['a', 'b', 'c']) await streamsOf(adapter).create(stream(id));
    await streamsOf(adapter.migration.new).delete('a');
    await streamsOf(adapter.migration.new).put(
      stream('b', { releasedAmount: '5', updatedAt: '2031-01-01T00:00:00.000Z' }),
    );
    await streamsOf(adapter.migration.new).create(stream('d'));
    const { differences } = await adapter.migration.compare(3);
    // In the order in which they have rested.
    expect(differences.toSorted((one, other) => (one.id < other.id ? -1 : 1))).toEqual([
      { kind: 'streams', id: 'a', what: 'missing' },
      {
        kind: 'streams',
        id: 'b',
        what: 'differs',
        fields: ['releasedAmount', 'updatedAt'],
        values: {
          releasedAmount: { old: '0', new: '5' },
          updatedAt: { old: expect.any(String), new: '2031-01-01T00:00:00.000Z' },
        },
      },
      { kind: 'streams', id: 'd', what: 'extra' },
    ]);
    expect((await adapter.migration.compare(1)).differences).toHaveLength(1);
    await expect(adapter.migration.moveTo('cut-over')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { difference: { id: 'a', what: 'missing' } },
    });
  });

  it('lets reads move when there is none: pages go on with the cursors of the old side', async () => {
    const adapter = new Move().open();
    for (const id of ['a', 'b', 'c']) await streamsOf(adapter).create(stream(id));
    const first = await streamsOf(adapter).list({ limit: 1 });
    await adapter.migration.moveTo('cut-over');
    await streamsOf(adapter.migration.old).delete('c');
    const rest = await streamsOf(adapter).list({ limit: 5, cursor: first.nextCursor! });
    expect(rest.items.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(await tokensOf(adapter).get('settle:k1')).toBeUndefined();
  });
});

describe('the adapter', () => {
  it('needs locks and tokens on both sides, and on the new one what the old one has', () => {
    const move = new Move();
    const { idempotencyStore: _, ...without } = move.side('new');
    expect(() => createMigratingAdapter({ old: move.side('old'), new: without })).toThrow(
      'it lacks idempotency',
    );
    const { idempotencyStore: __, ...neither } = move.side('old');
    expect(() => createMigratingAdapter({ old: neither, new: move.side('new') })).toThrow(
      'locks and an idempotency store',
    );
  });

  it('closes both sides, also when one of them fails to', async () => {
    const move = new Move();
    const adapter = move.open({
      new: {
        ...move.side('new'),
        close: () => Promise.reject(new Error('stuck')),
      },
    });
    await expect(adapter.close()).rejects.toThrow('stuck');
    await expect(streamsOf(adapter).get('s1')).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(adapter.migration.moveTo('before')).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
