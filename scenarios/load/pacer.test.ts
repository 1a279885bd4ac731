import { describe, expect, it } from 'vitest';
import { createPacer } from './pacer.ts';

const MS = 1e6;

/** A clock that moves on by itself, a bit with every look. */
function steppingClock(stepNs: number): { now: () => number; advance: (ns: number) => void } {
  let time = 0;
  return {
    now: () => (time += stepNs),
    advance: (ns) => {
      time += ns;
    },
  };
}

describe('the pacer', () => {
  it('lets a closed loop go at once', async () => {
    const pacer = createPacer({ rate: null, durationMs: null }, () => 0);
    pacer.start();
    expect(await pacer.wait(3)).toBeUndefined();
    expect(pacer.isOver()).toBe(false);
  });

  it('keeps the schedule of an open loop however late it is asked', async () => {
    const clock = steppingClock(1000);
    const pacer = createPacer({ rate: 1000, durationMs: null }, clock.now);
    pacer.start();
    const first = (await pacer.wait(2)) ?? 0;
    clock.advance(50 * MS);
    const second = (await pacer.wait(1)) ?? 0;
    const third = (await pacer.wait(1)) ?? 0;
    // A bundle of two takes the places of two requests.
    expect(second - first).toBe(2 * MS);
    expect(third - second).toBe(1 * MS);
    expect(pacer.maxLagMs).toBe(0);
  });

  it('waits until a request is due', async () => {
    const clock = steppingClock(1000);
    const pacer = createPacer({ rate: 1000, durationMs: null }, clock.now);
    pacer.start();
    await pacer.wait(1);
    const due = (await pacer.wait(1)) ?? 0;
    expect(clock.now()).toBeGreaterThanOrEqual(due);
    expect(pacer.maxLagMs).toBeGreaterThan(0);
  });

  it('is over when its time is up, and ends its waits when it is stopped', async () => {
    const clock = steppingClock(1);
    const pacer = createPacer({ rate: 0.001, durationMs: 10 }, clock.now);
    pacer.start();
    expect(pacer.isOver()).toBe(false);
    await pacer.wait(1);
    const waiting = pacer.wait(1);
    pacer.stop();
    await waiting;
    clock.advance(10 * MS);
    expect(pacer.isOver()).toBe(true);
  });
});
