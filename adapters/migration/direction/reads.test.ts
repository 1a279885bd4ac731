/** Reads move by surface and by key, when an order says so, and follow the side that has every answered write. */
import { afterEach, describe, expect, it } from 'vitest';
import { isWithin } from './reads.ts';
import { TestMove } from '../testing/move.ts';
import { stream, streamsOf } from '../testing/streams.ts';

let move = new TestMove();
afterEach(async () => {
  await move.close();
  move = new TestMove();
});

describe('the share of a surface', () => {
  const keys = Array.from({ length: 2000 }, (_, index) => `key-${index}`);

  it('holds about so many keys, and those for ever that it has held', () => {
    for (const share of [0, 5, 50, 100]) {
      const within = keys.filter((key) => isWithin(share, key));
      expect(Math.abs(within.length / keys.length - share / 100)).toBeLessThan(0.03);
      for (const key of within) expect(isWithin(Math.min(100, share + 20), key)).toBe(true);
    }
  });

  it('holds what has no key at 100 alone', () => {
    expect([99, 100].map((share) => isWithin(share, undefined))).toEqual([false, true]);
  });
});

describe('an order', () => {
  it('moves the reads of one surface, in every instance that follows', async () => {
    const adapter = move.open({ follow: true });
    const other = move.open({ follow: true });
    await streamsOf(adapter).create(stream('s1'));
    await adapter.migration.instruct({ reads: { streams: 100 } });
    await streamsOf(adapter.migration.new).put(stream('s1', { revision: 7 }));
    expect((await streamsOf(adapter).get('s1'))?.revision).toBe(7);
    await expect.poll(async () => (await streamsOf(other).get('s1'))?.revision).toBe(7);
    await adapter.migration.instruct({ stage: 'dual' });
    expect((await streamsOf(adapter).get('s1'))?.revision).toBe(0);
    expect((await adapter.migration.status()).control).toMatchObject({ version: 2, stage: 'dual' });
  });

  it('is refused where it makes no sense, and while the sides differ', async () => {
    const adapter = move.open();
    await streamsOf(adapter.migration.old).create(stream('s1'));
    await expect(adapter.migration.instruct({ reads: { streams: 5 } })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    for (const order of [
      { reads: { streams: 101 } },
      { reads: { jobs: 1 } },
      { stage: 'later' },
      { now: true },
    ])
      await expect(adapter.migration.instruct(order as never)).rejects.toMatchObject({
        code: 'INVALID_RECORD',
      });
  });
});

describe('an answered write whose copy is owed', () => {
  it('is read by every instance, until the copy is there', async () => {
    const writer = move.open({ stage: 'cut-over' });
    const reader = move.open({ stage: 'cut-over' });
    await streamsOf(writer).create(stream('s1'));
    expect((await streamsOf(reader).get('s1'))?.revision).toBe(0);
    await writer.migration.new.close();
    await streamsOf(writer).put(stream('s1', { revision: 1 }));
    expect((await streamsOf(reader).get('s1'))?.revision).toBe(1);
    expect((await reader.migration.status()).suspended).toHaveLength(1);
    await reader.migration.repair(10);
    await expect.poll(async () => (await reader.migration.status()).suspended).toEqual([]);
    expect((await streamsOf(reader.migration.new).get('s1'))?.revision).toBe(1);
  });
});
