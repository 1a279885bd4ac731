import { describe, expect, it } from 'vitest';
import { Tempo } from './tempo.ts';

/** A load that is so many requests behind. */
function behind(requests: () => number) {
  const paced: (number | null)[] = [];
  const tempo = new Tempo({
    most: 40,
    pace: async (rate) => {
      paced.push(rate);
      return { due: 1000, sent: 1000 - requests() };
    },
  });
  return { tempo, paced };
}

describe('the tempo of a drill', () => {
  it('is the highest that keeps up, and no lower than a quarter', async () => {
    let late = 100;
    const { tempo } = behind(() => late);
    const rates: number[] = [];
    for (let step = 0; step < 4; step += 1) {
      await tempo.adapt();
      rates.push(tempo.perSecond);
    }
    late = 5;
    await tempo.adapt();
    rates.push(tempo.perSecond);
    late = 0;
    for (let step = 0; step < 3; step += 1) {
      await tempo.adapt();
      rates.push(tempo.perSecond);
    }
    expect(rates).toEqual([20, 10, 10, 10, 10, 20, 40, 40]);
  });

  it('is lower while a step is refused, and the load goes on for longer then', async () => {
    const { tempo, paced } = behind(() => 0);
    await tempo.adapt();
    expect(tempo.timesAsLong).toBe(1);
    await tempo.ease();
    expect(tempo.timesAsLong).toBe(2);
    expect(paced).toEqual([null, 20]);
  });
});
