import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { PlannedRequest } from '../mixes/index.ts';
import { STOCK } from '../mixes/window.ts';
import { Provider } from './provider.ts';
import { Stock } from '../driver/stock.ts';
import type { StreamRange } from './streams.ts';

interface Provided {
  readonly provider: Provider;
  readonly ranges: StreamRange[];
  readonly told: number[];
  usedUp: number;
}

function provide(limit: number, create: (range: StreamRange) => Promise<void> = async () => {}): Provided {
  const ranges: StreamRange[] = [];
  const told: number[] = [];
  const seen = { ranges, told, usedUp: 0 };
  const provider = new Provider({
    stock: 10,
    limit,
    create: async (range) => {
      ranges.push(range);
      await create(range);
    },
    onCreated: (streams) => told.push(streams),
    onUsedUp: () => (seen.usedUp += 1),
  });
  return Object.assign(seen, { provider });
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await setImmediate();
}

describe('a provider of streams', () => {
  it('creates them ahead of the need, one range after the other, up to the limit', async () => {
    const { provider, ranges, told } = provide(2000);
    provider.need(5);
    await until(() => provider.created >= 5 + STOCK);
    provider.need(1900);
    await until(() => provider.created === 2000);
    await provider.close();
    expect(ranges[0]?.from).toBe(10);
    expect(ranges.slice(1).map(({ from }) => from)).toEqual(ranges.slice(0, -1).map(({ to }) => to));
    expect(told).toEqual(ranges.map(({ to }) => to));
  });

  it('creates nothing where the plan needs no more', async () => {
    const { provider, ranges } = provide(10);
    provider.need(10);
    await provider.close();
    expect(ranges).toEqual([]);
  });

  it('tries a range again that could not be created, and tells of it when it is there', async () => {
    let attempts = 0;
    const { provider, ranges, told } = provide(200, async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('struck');
    });
    provider.need(1);
    await until(() => told.length > 0);
    await provider.close();
    expect(ranges).toEqual(Array.from({ length: 3 }, () => ({ from: 10, to: 200 })));
    expect(provider.created).toBe(200);
  });

  it('says that a load needs more than it can have', () => {
    const seen = provide(2000);
    seen.provider.need(2000);
    expect(seen.usedUp).toBe(0);
    seen.provider.need(2001);
    expect(seen.usedUp).toBe(1);
  });
});

describe('the stock of a driver', () => {
  const get = (stream: number): PlannedRequest => ({ kind: 'get', sender: 0, stream });

  it('waits for streams that are still to come, and tells that they are needed', async () => {
    const told: number[] = [];
    const stock = new Stock(10, (streams) => told.push(streams));
    expect(await stock.holds([get(3), get(9)], () => false)).toBe(true);
    const waiting = stock.holds([get(10)], () => false);
    expect(told).toEqual([11]);
    stock.provide(11);
    expect(await waiting).toBe(true);
  });

  it('gives up when the load is over', async () => {
    let isOver = false;
    const stock = new Stock(10, () => {});
    const waiting = stock.holds([get(10)], () => isOver);
    isOver = true;
    expect(await waiting).toBe(false);
  });
});
