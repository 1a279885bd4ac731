import { describe, expect, it } from 'vitest';
import { GRACE_MS, LATE_MS, Pacer, type PacerOptions } from './pacer.ts';

const MS = 1e6;

/** A pacer whose clock stands still unless it is moved on, which rings the alarm where that is due. */
function paced(options: PacerOptions): {
  readonly pacer: Pacer;
  /** `lagMs`: how late the alarm rings. */
  readonly pass: (ms: number, lagMs?: number) => Promise<void>;
} {
  let time = 0;
  let alarm = Infinity;
  const pacer = new Pacer(
    options,
    () => time,
    (at) => {
      alarm = at;
    },
  );
  pacer.start();
  return {
    pacer,
    pass: async (ms, lagMs = 0) => {
      const until = time + ms * MS;
      while (alarm + lagMs * MS <= until) {
        time = Math.max(time, alarm + lagMs * MS);
        alarm = Infinity;
        pacer.ring();
        await Promise.resolve();
      }
      time = until;
    },
  };
}

describe('a closed loop', () => {
  it('goes at once, until its time is up or it is stopped', async () => {
    const { pacer, pass } = paced({ rate: null, durationMs: 10 });
    expect(await pacer.wait(3)).toBe('now');
    await pass(10);
    expect(await pacer.wait(3)).toBe('over');
    const stopped = paced({ rate: null, durationMs: null }).pacer;
    stopped.stop();
    expect(await stopped.wait(1)).toBe('over');
    expect(stopped.pacing).toEqual({ due: 0, sent: 0 });
  });
});

describe('an open loop', () => {
  it('keeps its schedule however late it is asked', async () => {
    const { pacer, pass } = paced({ rate: 1000, durationMs: null });
    expect(await pacer.wait(2)).toBe(0);
    await pass(50);
    // A bundle of two takes the places of two requests.
    expect([await pacer.wait(1), await pacer.wait(1)]).toEqual([2 * MS, 3 * MS]);
    // Nobody was there to send them: that is not the driver's delay.
    expect(pacer.pacing).toEqual({ due: 50, sent: 4 });
    expect(pacer.lag).toEqual({ sent: 4, late: 0, maxLagMs: 0 });
  });

  it('waits until a request is due, and knows how late it was itself', async () => {
    const { pacer, pass } = paced({ rate: 100, durationMs: null });
    const due = [pacer.wait(1), pacer.wait(1), pacer.wait(1)];
    await pass(10, 2);
    expect(pacer.pacing).toMatchObject({ sent: 1 });
    await pass(40, LATE_MS + 1);
    expect(await Promise.all(due)).toEqual([0, 10 * MS, 20 * MS]);
    expect(pacer.lag).toMatchObject({ sent: 3, late: 1 });
    expect(pacer.lag.maxLagMs).toBeGreaterThan(LATE_MS);
  });

  it('sends what was due by the end for a while, and nothing that was not', async () => {
    const { pacer, pass } = paced({ rate: 1000, durationMs: 10 });
    await pass(4);
    for (let sent = 0; sent < 4; sent += 1) await pacer.wait(1);
    await pass(6);
    expect(await pacer.wait(1)).toBe(4 * MS);
    await pass(GRACE_MS);
    expect(await pacer.wait(1)).toBe('over');
    expect(pacer.pacing).toMatchObject({ due: 10, sent: 5 });
  });

  it('lasts as long as it was to last, at a low rate too', async () => {
    const { pacer, pass } = paced({ rate: 1, durationMs: 10 });
    expect(await pacer.wait(1)).toBe(0);
    let ended = 0;
    const waits = [1, 1].map((requests) => pacer.wait(requests).finally(() => (ended += 1)));
    await pass(9);
    expect(ended).toBe(0);
    await pass(1);
    expect(await Promise.all(waits)).toEqual(['over', 'over']);
    expect(pacer.pacing).toEqual({ due: 1, sent: 1 });
    expect(pacer.lag).toEqual({ sent: 1, late: 0, maxLagMs: 0 });
  });

  it('ends its waits when it is stopped', async () => {
    const { pacer, pass } = paced({ rate: 100, durationMs: 1000 });
    await pacer.wait(1);
    const waiting = pacer.wait(1);
    await pass(5);
    pacer.stop();
    expect(await waiting).toBe('over');
    expect(await pacer.wait(1)).toBe('over');
    expect(pacer.pacing).toMatchObject({ due: 1, sent: 1 });
  });

  it('begins another schedule with those who wait, and tells what came of the last', async () => {
    const { pacer, pass } = paced({ rate: null, durationMs: null });
    await pacer.wait(1);
    expect(pacer.pace(100)).toMatchObject({ due: 0, sent: 0 });
    const waiting = [pacer.wait(1), pacer.wait(1)];
    await pass(5);
    expect(await waiting[0]).toBe(0);
    await pass(30);
    expect(pacer.pace(1000)).toMatchObject({ due: 4, sent: 2 });
    const next = pacer.wait(1);
    await pass(5);
    expect(await next).toBe(35 * MS);
    expect(pacer.pacing).toMatchObject({ due: 5, sent: 1 });
    expect(pacer.lag).toMatchObject({ sent: 3 });
  });
});
