import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Patience } from './patience.ts';

const BOUND_MS = 20;
let patience: Patience | undefined;
afterEach(() => patience?.close());

function patienceWith(probe: () => Promise<unknown>): Patience {
  patience = new Patience({ boundMs: BOUND_MS, slowMs: 40, probe });
  return patience;
}

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

  it('is given up where the side answers nothing', async () => {
    const silent = patienceWith(() => new Promise(() => {}));
    const never = (): Promise<never> => new Promise(() => {});
    await expect(silent.whileAnswering(never)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(silent.isAnswering).toBe(false);
  });
});
