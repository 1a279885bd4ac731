import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Patience } from './patience.ts';

const BOUND_MS = 20;
let patience: Patience | undefined;
afterEach(() => patience?.close());

function patienceWith(probe: () => Promise<unknown>, boundMs = BOUND_MS): Patience {
  patience = new Patience({ boundMs, slowMs: 40, probe });
  return patience;
}

const never = (): Promise<never> => new Promise(() => {});

describe('a call that must end', () => {
  it('is waited for beyond the bound, as long as the side answers anything', async () => {
    const asked: true[] = [];
    const answering = patienceWith(async () => asked.push(true));
    const call = async (): Promise<string> => {
      // However slow the machine is: beyond the bound, and until the side was asked again and again.
      while (asked.length < 3) await sleep(BOUND_MS);
      return 'copied';
    };
    await expect(answering.whileAnswering(call)).resolves.toBe('copied');
  });

  it('is made of a side that was silent and is there again', async () => {
    let isThere = false;
    const slow = patienceWith(async () => isThere || new Promise(() => {}));
    await slow.doubt();
    expect(slow.isAnswering).toBe(false);
    isThere = true;
    await expect(slow.whileAnswering(async () => 'copied')).resolves.toBe('copied');
    expect(slow.isAnswering).toBe(true);
  });

  it('is given up where the side answers nothing', async () => {
    const silent = patienceWith(never);
    await expect(silent.whileAnswering(never)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(silent.isAnswering).toBe(false);
  });
});

describe('a side that somebody else was in doubt of', () => {
  afterEach(() => vi.useRealTimers());

  it.each([true, false])(
    'is waited for no longer once it is found to be silent (bounded: %s)',
    async (isBounded) => {
      vi.useFakeTimers();
      const silent = patienceWith(never, 1000);
      const waited = silent.waited(never(), { isBounded });
      const doubted = silent.doubt();
      // The wait itself would begin to doubt after 600 ms.
      await vi.advanceTimersByTimeAsync(400);
      await expect(Promise.all([waited, doubted])).resolves.toEqual(['silent', undefined]);
    },
  );
});
