import { afterEach, expect, it, vi } from 'vitest';
import type { Authority, AuthorityState, MigrationSide } from '../../contract/index.ts';
import { Watch } from './watch.ts';

afterEach(() => vi.useRealTimers());

function authority(get: () => Promise<AuthorityState>): Authority {
  return { get } as unknown as Authority;
}

it('is in doubt of a side that does not answer a poll, and of no other one', async () => {
  vi.useFakeTimers();
  const doubted: MigrationSide[] = [];
  const watch = new Watch({
    authorities: {
      old: authority(async () => ({ epoch: 1, decides: true, admitsUnmarked: true })),
      new: authority(() => new Promise(() => {})),
    },
    leaseMs: 750,
    boundMs: 1000,
    doubtMs: 350,
    onTimes: () => undefined,
    onDoubt: (side) => doubted.push(side),
  });
  await watch.refresh();
  expect(watch.view).toMatchObject({ decides: 'old' });
  await vi.advanceTimersByTimeAsync(349);
  expect(doubted).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(doubted).toEqual(['new']);
});
