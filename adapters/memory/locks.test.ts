import { describe, expect, test } from 'vitest';
import { StorageError } from '../contract/index.ts';
import { LockQueue, MAX_LOCK_WAITERS, type WaitOptions } from './locks.ts';
import { codeFrom, settle } from './testing/open.ts';

const patient: WaitOptions = { timeoutMs: 10_000, signals: [] };

function impatient(signal: AbortSignal): WaitOptions {
  return { timeoutMs: 10_000, signals: [{ signal, error: () => new StorageError('ABORTED', 'test') }] };
}

describe('the lock queue', () => {
  test('grants in the order of asking, one at a time', async () => {
    const queue = new LockQueue();
    const grants: number[] = [];
    const release = await queue.acquire('a', patient);
    const waits = [1, 2, 3].map(async (number) => {
      const free = await queue.acquire('a', patient);
      grants.push(number);
      await settle();
      expect(grants.at(-1)).toBe(number);
      free();
    });
    await settle();
    expect(grants).toEqual([]);
    release();
    await Promise.all(waits);
    expect(grants).toEqual([1, 2, 3]);
  });

  test('keeps ids apart', async () => {
    const queue = new LockQueue();
    const releases = await Promise.all(
      ['a', 'A', 'a ', '\u00e9', 'e\u0301'].map((id) => queue.acquire(id, patient)),
    );
    for (const release of releases) release();
  });

  test('a second release does not free the next holder', async () => {
    const queue = new LockQueue();
    const first = await queue.acquire('a', patient);
    const waiting = queue.acquire('a', patient);
    first();
    first();
    const second = await waiting;
    expect(await codeFrom(() => queue.acquire('a', { ...patient, timeoutMs: 1 }))).toBe('LOCK_TIMEOUT');
    second();
    (await queue.acquire('a', patient))();
  });

  test('a waiter that gave up does not acquire later, and those behind it go on', async () => {
    const queue = new LockQueue();
    const release = await queue.acquire('a', patient);
    const abort = new AbortController();
    const timedOut = codeFrom(() => queue.acquire('a', { ...patient, timeoutMs: 1 }));
    const aborted = codeFrom(() => queue.acquire('a', impatient(abort.signal)));
    const behind = queue.acquire('a', patient);
    abort.abort();
    expect(await timedOut).toBe('LOCK_TIMEOUT');
    expect(await aborted).toBe('ABORTED');
    release();
    (await behind)();
    (await queue.acquire('a', patient))();
  });

  test('an abort after the grant changes nothing', async () => {
    const queue = new LockQueue();
    const abort = new AbortController();
    const release = await queue.acquire('a', impatient(abort.signal));
    abort.abort();
    expect(await codeFrom(() => queue.acquire('a', { ...patient, timeoutMs: 1 }))).toBe('LOCK_TIMEOUT');
    release();
  });

  test('a signal that is aborted already refuses a free lock', async () => {
    const queue = new LockQueue();
    expect(await codeFrom(() => queue.acquire('a', impatient(AbortSignal.abort())))).toBe('ABORTED');
    (await queue.acquire('a', patient))();
  });

  test('a time of zero takes a free lock, and gives up on a held one', async () => {
    const queue = new LockQueue();
    const release = await queue.acquire('a', { ...patient, timeoutMs: 0 });
    expect(await codeFrom(() => queue.acquire('a', { ...patient, timeoutMs: 0 }))).toBe('LOCK_TIMEOUT');
    release();
  });

  test('the queue is bounded', async () => {
    const queue = new LockQueue();
    const release = await queue.acquire('a', patient);
    const waits = Array.from({ length: MAX_LOCK_WAITERS }, () => queue.acquire('a', patient));
    expect(await codeFrom(() => queue.acquire('a', patient))).toBe('UNAVAILABLE');
    release();
    for (const wait of waits) (await wait)();
  });
});
