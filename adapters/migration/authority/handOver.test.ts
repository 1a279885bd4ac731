/** The authority moves while instances write: nobody writes to two sides, and nothing is lost on the way. */
import { afterEach, describe, expect, it } from 'vitest';
import type { LockedView, StorageAdapter } from '../../contract/index.ts';
import { jobsOf, TestMove, tokensOf, type Migrating } from '../testing/move.ts';
import { lockOf, stream, streamsOf } from '../testing/streams.ts';

const DRAIN = { drainMs: 200 };
let move = new TestMove();
afterEach(async () => {
  await move.close();
  move = new TestMove();
});

const add = (id: string) => async (view: LockedView) => {
  const read = await view.streams?.get(id);
  await view.streams?.put(stream(id, { revision: (read?.revision ?? 0) + 1 }));
};
const revision = async (side: StorageAdapter, id: string) => (await streamsOf(side).get(id))?.revision;
const clean = async ({ migration }: Migrating) => (await migration.compare(100)).differences;

async function begun(): Promise<Migrating> {
  const adapter = move.open();
  expect(await adapter.migration.begin()).toEqual({ decides: 'old', epoch: 1, finished: false });
  return adapter;
}

describe('a hand over', () => {
  it('moves sections and writes to the new side, and copies them back', async () => {
    const adapter = await begun();
    await streamsOf(adapter).create(stream('s1'));
    const moved = await adapter.migration.handOver('new', DRAIN);
    expect(moved).toMatchObject({ epoch: 2, from: 'old', to: 'new', ended: 0 });
    await lockOf(adapter).withLock('s1', add('s1'));
    await streamsOf(adapter).create(stream('s2'));
    expect(await revision(adapter.migration.new, 's1')).toBe(1);
    expect(await revision(adapter.migration.old, 's1')).toBe(1);
    expect(await revision(adapter.migration.old, 's2')).toBe(0);
    await expect(streamsOf(adapter.migration.old).put(stream('s1'))).rejects.toMatchObject({
      code: 'FENCED',
    });
    expect(await clean(adapter)).toEqual([]);

    expect(await adapter.migration.handOver('old', DRAIN)).toMatchObject({ epoch: 3, to: 'old' });
    await lockOf(adapter).withLock('s1', add('s1'));
    expect(await revision(adapter.migration.old, 's1')).toBe(2);
    expect(await revision(adapter.migration.new, 's1')).toBe(2);
    // Older versions may be started again.
    await streamsOf(adapter.migration.old).put(stream('s2', { revision: 5 }));
  });

  it('is heard of by instances that write meanwhile: each effect happens once', async () => {
    const operator = await begun();
    const others = [move.open(), move.open(), move.open()];
    await streamsOf(operator).create(stream('s1'));
    let done = 0;
    const over = new AbortController();
    const writers = others.map(async (adapter) => {
      while (!over.signal.aborted) {
        await lockOf(adapter).withLock('s1', add('s1'));
        done += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    for (const to of ['new', 'old', 'new', 'old', 'new'] as const) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      await operator.migration.handOver(to, DRAIN);
    }
    over.abort();
    await Promise.all(writers);
    expect(await revision(operator.migration.new, 's1')).toBe(done);
    await operator.migration.repair(100);
    expect(await clean(operator)).toEqual([]);
  });

  it('copies on its way back what a writer still owes that has lost the other side', async () => {
    const adapter = await begun();
    await streamsOf(adapter).create(stream('s1'));
    await adapter.migration.handOver('new', DRAIN);
    const dying = move.open();
    await dying.migration.old.close();
    await lockOf(dying).withLock('s1', add('s1'));
    expect(await revision(adapter.migration.old, 's1')).toBe(0);
    expect(await adapter.migration.handOver('old', DRAIN)).toMatchObject({ copied: 1 });
    expect(await revision(adapter.migration.old, 's1')).toBe(1);
  });

  it('tells the new side at once which instances have registered', async () => {
    const adapter = await begun();
    const follower = move.open({ follow: true });
    await streamsOf(follower).get('s1');
    const registered = async () => (await adapter.migration.status()).instances.map(({ id }) => id);
    await expect.poll(async () => (await registered()).length).toBe(1);
    const before = await registered();
    for (const to of ['new', 'old'] as const) {
      await adapter.migration.handOver(to, DRAIN);
      expect(await registered()).toEqual(before);
    }
  });

  it('takes jobs from workers, whose attempts are counted on, and tells executions to begin anew', async () => {
    const adapter = await begun();
    await jobsOf(adapter).create({ id: 'j1', ownerId: 'o1', fileName: 'a.csv' });
    const claimed = await jobsOf(adapter).claimNext('worker', 60_000);
    const begin = () => tokensOf(adapter).begin('settle:k1', 'a'.repeat(64), 60_000);
    expect(await begin()).toMatchObject({ outcome: 'started' });
    expect(await adapter.migration.handOver('new', DRAIN)).toMatchObject({ requeued: 1 });
    expect(await begin()).toMatchObject({ outcome: 'started' });
    const result = {
      signedUrl: 'https://files.invalid/1',
      signedUrlExpiresAt: '2031-01-01T00:00:00.000Z',
      rows: 3,
    };
    await expect(jobsOf(adapter).complete(claimed!.claim, result)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await clean(adapter)).toEqual([]);
    const again = await jobsOf(adapter).claimNext('another', 60_000);
    expect(again?.job).toMatchObject({ id: 'j1', attempts: 2 });
    // And back: neither claim holds on the side that gave it.
    expect(await adapter.migration.handOver('old', DRAIN)).toMatchObject({ requeued: 1 });
    for (const { claim } of [claimed!, again!])
      await expect(jobsOf(adapter).complete(claim, result)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await jobsOf(adapter).claimNext('a third one', 60_000))?.job).toMatchObject({ attempts: 3 });
    expect(await clean(adapter)).toEqual([]);
    expect(await adapter.migration.handOver('new', DRAIN)).toMatchObject({ requeued: 1 });
    const last = await jobsOf(adapter).claimNext('a fourth one', 60_000);
    await jobsOf(adapter).complete(last!.claim, result);
    expect(await jobsOf(adapter.migration.old).get('j1')).toMatchObject({
      status: 'ready',
      rows: 3,
      attempts: 4,
    });
  });

  it('is refused before it has begun, while the sides differ, and while an instance copies nothing', async () => {
    const adapter = move.open();
    await expect(adapter.migration.handOver('new', DRAIN)).rejects.toMatchObject({ code: 'CONFLICT' });
    await adapter.migration.begin();
    await streamsOf(adapter.migration.old).create(stream('unmoved'));
    await expect(adapter.migration.handOver('new', DRAIN)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { difference: { id: 'unmoved' } },
    });
    await adapter.migration.backfill(10);
    const early = move.open({ stage: 'bridged', follow: true });
    await streamsOf(early).get('unmoved');
    await expect.poll(async () => (await adapter.migration.status()).instances.length).toBe(1);
    await expect(adapter.migration.handOver('new', DRAIN)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { instances: [{ stage: 'bridged' }] },
    });
    await adapter.migration.instruct({ stage: 'dual' });
    await expect.poll(async () => (await adapter.migration.status()).instances[0]?.stage).toBe('dual');
    await adapter.migration.handOver('new', DRAIN);
  });

  it('goes back to where it was when a record cannot be copied', async () => {
    const other = move.side('new');
    let isFull = false;
    const full = {
      ...other,
      authority: {
        ...other.authority!,
        as: (writer: Parameters<NonNullable<StorageAdapter['authority']>['as']>[0]) => {
          const handle = other.authority!.as(writer);
          const withLock: ReturnType<typeof lockOf>['withLock'] = (id, callback, options) => {
            const put = (): never => {
              throw new Error('the disk is full');
            };
            return lockOf(handle).withLock(
              id,
              (view) => callback(isFull ? { ...view, streams: { ...view.streams!, put } } : view),
              options,
            );
          };
          return { ...handle, streamRepository: { ...lockOf(handle), withLock } };
        },
      },
    };
    const adapter = move.open({ new: full });
    await adapter.migration.begin();
    await streamsOf(adapter).create(stream('s1'));
    isFull = true;
    await lockOf(adapter).withLock('s1', add('s1'));
    expect(await adapter.migration.repair(10)).toMatchObject({
      owed: 1,
      failed: [{ kind: 'streams', id: 's1', code: 'none', reason: 'the disk is full' }],
    });
    expect((await adapter.migration.status()).owed.first).toEqual([
      { kind: 'streams', id: 's1', reason: 'the disk is full' },
    ]);
    await expect(adapter.migration.handOver('new', DRAIN)).rejects.toMatchObject({ code: 'CONFLICT' });
    await lockOf(adapter).withLock('s1', add('s1'));
    expect(await revision(adapter.migration.old, 's1')).toBe(2);
    isFull = false;
    await adapter.migration.repair(10);
    expect(await adapter.migration.handOver('new', DRAIN)).toMatchObject({ to: 'new' });
  });
});

describe('a hand over that was interrupted', () => {
  /** As an operator leaves it who dies between two steps. */
  async function interrupted(steps: 1 | 2): Promise<Migrating> {
    const adapter = await begun();
    await streamsOf(adapter).create(stream('s1'));
    const { old, new: other } = adapter.migration;
    await old.authority?.set(
      { epoch: 1, decides: true, admitsUnmarked: true },
      { epoch: 2, decides: false, admitsUnmarked: false },
      0,
    );
    if (steps === 2)
      await other.authority?.set(
        { epoch: 1, decides: false, admitsUnmarked: false },
        { epoch: 2, decides: false, admitsUnmarked: false },
        0,
      );
    return adapter;
  }

  it.each([1, 2] as const)(
    'after step %i is ended by any instance, and operations wait for it',
    async (steps) => {
      const adapter = await interrupted(steps);
      await lockOf(adapter).withLock('s1', add('s1'));
      expect(await revision(adapter.migration.old, 's1')).toBe(1);
      const { authority } = await adapter.migration.status();
      expect(authority).toEqual({ decides: 'old', epoch: 3, finished: false });
      // Whoever wakes up late cannot go on with it.
      await expect(
        (async () =>
          adapter.migration.new.authority?.set(
            { epoch: 2, decides: false, admitsUnmarked: false },
            { epoch: 2, decides: true, admitsUnmarked: false },
            0,
          ))(),
      ).rejects.toMatchObject({ code: 'CONFLICT' });
    },
  );

  it('is left to its operator for as long as that one is at work', async () => {
    const adapter = await begun();
    const operator = move.open();
    const taken = await operator.migration.operate('alice');
    expect(taken.owner).toBe('alice');
    await expect(adapter.migration.giveBack()).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { owner: 'alice', since: taken.since },
    });
    await operator.migration.retire();
    expect(await adapter.migration.giveBack()).toMatchObject({ decides: 'old', epoch: 1 });
  });
});

describe('the end', () => {
  it('comes when the new side decides and nothing is owed, and admits everybody there', async () => {
    const adapter = await begun();
    await streamsOf(adapter).create(stream('s1'));
    await tokensOf(adapter).insert({
      token: 'settle:k1',
      fingerprint: 'a'.repeat(64),
      status: 200,
      body: '{}',
      ttlMs: 10_000,
    });
    await expect(adapter.migration.finish()).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { decides: 'old' },
    });
    await adapter.migration.handOver('new', DRAIN);
    await expect(adapter.migration.finish()).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { livesUntil: expect.any(String) },
    });
    move.nowMs += 10_001;
    expect(await adapter.migration.finish()).toEqual({ decides: 'new', epoch: 3, finished: true });
    await streamsOf(adapter.migration.new).put(stream('s1', { revision: 1 }));
    await streamsOf(adapter).put(stream('s1', { revision: 2 }));
    expect(await revision(adapter.migration.old, 's1')).toBe(0);
    await expect(streamsOf(adapter.migration.old).put(stream('s1'))).rejects.toMatchObject({
      code: 'FENCED',
    });
    expect(await adapter.migration.finish()).toMatchObject({ finished: true });
  });

  it('is told by the new side to whoever asks for the status first', async () => {
    const adapter = await begun();
    await adapter.migration.handOver('new', DRAIN);
    const { version } = await adapter.migration.instruct({ shadow: true });
    await adapter.migration.finish({ despiteLifetimes: true });
    const later = move.open({ stage: 'dual' });
    expect(await later.migration.status()).toMatchObject({
      authority: { decides: 'new', finished: true },
      control: { version, shadow: true },
    });
  });
});

it('is known to an instance that does nothing but copy', async () => {
  const adapter = await begun();
  const copier = move.open({ stage: 'dual' });
  await streamsOf(adapter).create(stream('s1'));
  expect(await copier.migration.backfill(10)).toMatchObject({ done: true });
  await adapter.migration.handOver('new', DRAIN);
  await adapter.migration.handOver('old', DRAIN);
  await streamsOf(adapter).put(stream('s1', { revision: 1 }));
  expect(await copier.migration.backfill(10)).toMatchObject({ done: true, failed: [] });
  expect(await copier.migration.repair(10)).toMatchObject({ failed: [], owed: 0 });
});
