import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { patient } from './patient.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

class Store {
  #items = 3;
  count(): number {
    return this.#items;
  }
  hang(): Promise<never> {
    return new Promise(() => {});
  }
}

it('answers as the adapter does, whatever its methods need of their object', async () => {
  const adapter = patient({ streams: new Store(), absent: undefined });
  await expect(adapter.streams.count()).resolves.toBe(3);
  expect(adapter.absent).toBeUndefined();
});

it('names the call that never settles', async () => {
  const hanging = patient({ streams: new Store() }).streams.hang();
  const told = expect(hanging).rejects.toThrow('Expected the adapter.streams.hang to settle within 30000 ms');
  await vi.advanceTimersByTimeAsync(30_000);
  await told;
});
