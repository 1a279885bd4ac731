import { describe, expect, it } from 'vitest';
import type { DriverReport } from '../run/control.ts';
import { CpuReadings } from './cpu.ts';
import type { Measured, RateStep } from './measured.ts';
import { generatorShare, measuredOf } from './measuring.ts';
import type { ResolvedLoad } from '../run/options.ts';

const MS = 1e6;

function report(changes: Partial<DriverReport> = {}): DriverReport {
  return {
    operations: 100,
    requests: 100,
    loadFrom: 1000 * MS,
    loadTo: 5000 * MS,
    cpuShare: 0.5,
    starvedMs: 0,
    pacing: { due: 0, sent: 0 },
    lag: { sent: 0, late: 0, maxLagMs: 0 },
    unsettled: 0,
    lost: [],
    ...changes,
  };
}

function measured(
  options: Partial<ResolvedLoad>,
  reports: readonly DriverReport[],
  steps?: readonly RateStep[],
): Measured | undefined {
  const readings = new CpuReadings();
  readings.add('one', { at: 1000 * MS, us: 0 });
  readings.add('one', { at: 5000 * MS, us: 4000 });
  return measuredOf(
    options as ResolvedLoad,
    reports,
    { services: readings, drivers: readings },
    steps && { closedPerSecond: 100, steps },
  );
}

describe('what came of the measuring', () => {
  it('is of the whole load of all drivers, but for its warm-up', () => {
    const reports = [report(), report({ loadFrom: 900 * MS, loadTo: 5100 * MS })];
    expect(measured({}, reports)).toMatchObject({ from: 900 * MS, to: 5100 * MS, loop: { kind: 'closed' } });
    const warm = measured({ warmupMs: 2100 }, reports);
    expect(warm).toMatchObject({ from: 3000 * MS, to: 5100 * MS });
    expect(warm?.cpu.services).toEqual({ us: 2000, bySecond: [900, 1000, 1000, 1000, 100] });
    expect(measured({ warmupMs: 60_000 }, reports)).toMatchObject({ from: 5100 * MS, to: 5100 * MS });
    expect(measured({}, [])).toBeUndefined();
  });

  it('adds up what all drivers were to send, and did not', () => {
    const reports = [report({ pacing: { due: 50, sent: 40 } }), report({ pacing: { due: 50, sent: 50 } })];
    expect(measured({ rate: 10 }, reports)?.loop).toEqual({
      kind: 'open',
      ratePerSecond: 10,
      due: 100,
      neverSent: 10,
    });
  });

  it('is of the best step, where there are steps', () => {
    const step = (index: number, held: boolean): RateStep => ({
      ratePerSecond: index,
      from: index * 1000 * MS,
      to: (index + 1) * 1000 * MS,
      due: 10,
      neverSent: 0,
      held,
    });
    const steps = [step(1, true), step(2, false), step(3, true), step(4, false)];
    const best = measured({ rate: 'auto' }, [report()], steps);
    expect(best).toMatchObject({ from: 3000 * MS, to: 4000 * MS, loop: { heldPerSecond: 3, steps } });
    expect(best?.cpu.drivers.us).toBe(1000);
    expect(measured({ rate: 'auto' }, [report()], [step(1, false)])).toMatchObject({
      from: 1000 * MS,
      to: 5000 * MS,
      loop: { heldPerSecond: null },
    });
  });

  it('says when the generator was the limit, and of what', () => {
    const lag = { sent: 1000, late: 10, maxLagMs: 12 };
    expect(generatorShare([report({ lag }), report({ cpuShare: 0.9 })])).toEqual({
      cpuShare: 0.9,
      maxLagMs: 12,
      lateShare: 0.01,
      limitedBy: [],
    });
    const busy = [report({ cpuShare: 0.91 }), report({ lag: { ...lag, late: 11 } })];
    expect(generatorShare(busy).limitedBy).toEqual(['cpu', 'lag']);
  });
});
