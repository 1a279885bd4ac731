import { describe, expect, it } from 'vitest';
import { findSaturation, STEPS_PER_LOAD, type SteppedDrivers } from './saturation.ts';

const STEP_MS = 1000;

/** A target that gets `capacity` requests per second done, but for what `dip` takes away at a time. */
function staged(
  capacity: number,
  dip: (second: number) => number = () => 0,
  endsAt = Infinity,
): SteppedDrivers {
  let seconds = 0;
  let answered = 0;
  let rate: number | null = null;
  let due = 0;
  let sent = 0;
  return {
    pace: async (next) => {
      const before = { pacing: { due, sent }, answered };
      if (next !== null) {
        rate = next;
        due = 0;
        sent = 0;
      }
      return before;
    },
    now: () => seconds * 1e9,
    sleep: async (ms) => {
      const most = Math.max(0, capacity - dip(seconds)) * (ms / 1000);
      const asked = rate === null ? most : rate * (ms / 1000);
      due += asked;
      sent += Math.min(asked, most);
      answered += Math.min(asked, most);
      seconds += ms / 1000;
    },
    isOver: () => seconds >= endsAt,
  };
}

describe('the search for the highest rate that holds', () => {
  it('goes up from half of the closed loop until a rate fails twice', async () => {
    const rates: number[] = [];
    const { closedPerSecond, steps } = await findSaturation(staged(1000), STEP_MS, (rate) =>
      rates.push(rate),
    );
    expect(closedPerSecond).toBe(1000);
    expect(rates).toEqual([500, 550, 605, 666, 732, 805, 886, 974, 1070, 1070]);
    expect(steps.map(({ held }) => held)).toEqual([...Array.from({ length: 8 }, () => true), false, false]);
    expect(steps.at(-1)).toMatchObject({
      ratePerSecond: 1070,
      due: 1070,
      neverSent: 70,
      from: 11e9,
      to: 12e9,
    });
  });

  it('tries a rate again that failed once, and goes on when it holds then', async () => {
    const { steps } = await findSaturation(
      staged(1000, (second) => (second === 4 ? 900 : 0)),
      STEP_MS,
    );
    expect(steps.slice(1, 6).map(({ ratePerSecond, held }) => [ratePerSecond, held])).toEqual([
      [550, true],
      [605, false],
      [605, true],
      [666, true],
      [732, true],
    ]);
  });

  it('says that no rate held, or that nothing was answered', async () => {
    const worse = await findSaturation(
      staged(1000, (second) => (second < 2 ? 0 : 900)),
      STEP_MS,
    );
    expect(worse.steps.map(({ held }) => held)).toEqual([false, false]);
    expect(await findSaturation(staged(0), STEP_MS)).toEqual({ closedPerSecond: 0, steps: [] });
  });

  it('ends in the time that it has, and leaves out a step that was cut short', async () => {
    let seconds = 0;
    const better = await findSaturation(
      staged(1000, (second) => {
        seconds = second + 1;
        return second < 2 ? 0 : -9000;
      }),
      STEP_MS,
    );
    expect(better.steps.every(({ held }) => held)).toBe(true);
    expect(seconds).toBe(STEPS_PER_LOAD);
    expect(
      (
        await findSaturation(
          staged(1000, () => 0, 5),
          STEP_MS,
        )
      ).steps,
    ).toHaveLength(2);
  });
});
