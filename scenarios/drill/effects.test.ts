import { describe, expect, it } from 'vitest';
import { Effects } from './effects.ts';

const paced = (effects: number) => ({ pacing: { due: 0, sent: 0 }, answered: effects, effects });
const forEver = new AbortController().signal;

describe('the effects of a drill', () => {
  it('are waited for until there are enough, however often that has to be asked', async () => {
    let asked = 0;
    const effects = new Effects(async () => paced((asked += 1)), 60_000);
    await effects.until(3, forEver);
    expect(asked).toBe(3);
  });

  it('are not waited for where drivers have ended, the drill is stopped, or nobody has patience', async () => {
    const ended = new Effects(async () => {
      throw new Error('the driver ended');
    }, 60_000);
    expect(await ended.count()).toBe(Infinity);
    await ended.until(3, forEver);
    await new Effects(async () => paced(0), 60_000).until(3, AbortSignal.abort());
    await new Effects(async () => paced(0), 0).until(3, forEver);
  });
});
