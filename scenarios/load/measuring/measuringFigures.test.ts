import { describe, expect, it } from 'vitest';
import type { EvidenceHeader } from '../../evidence.ts';
import type { HistoryEntry } from '../../evidence/model/history.ts';
import type { Measured } from './measured.ts';
import { summarizeCounts, type LoadSummary } from './summary.ts';
import { countLoad } from './loadCounts.ts';

const MS = 1e6;
const GENERATOR = { cpuShare: 0.5, maxLagMs: 0, lateShare: 0, limitedBy: [] };
const CPU = { services: { us: 9000, bySecond: [9000] }, drivers: { us: 90, bySecond: [90] } };

/** Effects of a load of 10 s that began a second after the run, through one connection. */
function effects(
  times: readonly (readonly [call: number, returned: number, intended?: number])[],
): HistoryEntry[] {
  return times.map(([call, returned, intended]) => ({
    client: 1,
    key: 's',
    f: 'settle',
    args: {},
    call: call * MS,
    return: returned * MS,
    outcome: 'ok',
    result: { status: 200, effect: true },
    service: 1,
    ...(intended === undefined ? {} : { intended: intended * MS }),
  }));
}

function summarize(
  history: readonly HistoryEntry[],
  measured: Pick<Measured, 'from' | 'to' | 'loop'>,
): LoadSummary {
  const header = {
    services: 1,
    options: { connections: 1 },
    loadFrom: 1000 * MS,
    loadTo: 11_000 * MS,
    measured: { ...measured, generator: GENERATOR, cpu: CPU },
  } as unknown as EvidenceHeader;
  // In parts, as large evidence is.
  const parts = [0, 1].map((part) => history.filter((_, index) => index % 2 === part));
  return summarizeCounts(
    header,
    parts.map((some) => countLoad({ header, history: some, journals: [], audits: [] }, (index) => index)),
  ).summary;
}

const whole = { from: 1000 * MS, to: 11_000 * MS, loop: { kind: 'closed' } } as const;

describe('the figures of a load', () => {
  it('leave its warm-up out, but for what is by second', () => {
    const history = effects([
      [1000, 1900],
      [2000, 2100],
      [2999, 3000],
      [3000, 3010],
      [4000, 4010],
    ]);
    const all = summarize(history, whole);
    expect([all.operations, all.durationMs, all.warmupMs]).toEqual([5, 10_000, undefined]);
    const warm = summarize(history, { ...whole, from: 3000 * MS });
    expect([warm.operations, warm.effects, warm.durationMs, warm.warmupMs]).toEqual([2, 2, 8000, 2000]);
    expect(warm.latency[0]?.percentiles).toMatchObject({ count: 2, max: 10_000 });
    expect(warm.throughput.map(({ effects: count }) => count)).toEqual([1, 1, 2, 1]);
    expect(warm.cpu?.services).toEqual({ us: 9000, bySecond: [9000], usPerEffect: 4500 });
    expect(warm.silence).toEqual({ ms: 6990, atMs: 3010 });
  });

  it('say that there was nothing to measure when all was warm-up', () => {
    const none = summarize(effects([[1000, 1900]]), { ...whole, from: 11_000 * MS });
    expect([none.operations, none.durationMs, none.effectsPerSecond]).toEqual([0, 0, 0]);
    expect(none.cpu?.services.usPerEffect).toBeNull();
  });

  it('show beside a closed loop what a stall kept from being sent', () => {
    // One connection that is answered within a millisecond, but for three seconds of ten.
    const quick = Array.from({ length: 7000 }, (_, index): [number, number] => [1000 + index, 1001 + index]);
    const { latency, silence } = summarize(effects([...quick, [8000, 11_000]]), whole);
    const [all] = latency;
    expect(all?.percentiles.p99).toBe(1000);
    expect((all?.corrected?.p99 ?? 0) / 1000).toBeGreaterThan(2500);
    expect(all?.corrected?.count).toBeGreaterThan(9000);
    expect(silence).toEqual({ ms: 3000, atMs: 7000 });
  });

  it('count an open loop from when a request was due, and correct nothing', () => {
    const { latency } = summarize(effects([[3000, 3010, 1000]]), {
      ...whole,
      loop: { kind: 'open', ratePerSecond: 1, due: 10, neverSent: 0 },
    });
    expect(
      latency.map(({ name, percentiles: { max }, corrected }) => [name, Math.round(max / 1e4), corrected]),
    ).toEqual([
      ['all', 201, undefined],
      ['all, from the send', 1, undefined],
      ['effect', 201, undefined],
    ]);
  });

  it('are those of the best step, beside each step’s own', () => {
    const step = (
      index: number,
      held: boolean,
    ): Extract<Measured['loop'], { kind: 'stepped' }>['steps'][number] => ({
      ratePerSecond: 10 + index,
      from: (2000 + index * 1000) * MS,
      to: (3000 + index * 1000) * MS,
      due: 2,
      neverSent: held ? 0 : 1,
      held,
    });
    const steps = [step(0, true), step(1, true), step(2, false)];
    const times: [number, number, number][] = [
      [1000, 1500, 1000],
      [2000, 2001, 2000],
      [3000, 3002, 3000],
      [3500, 3502, 3500],
      [4000, 4900, 4000],
    ];
    const { loop, operations, durationMs, latency } = summarize(effects(times), {
      from: 3000 * MS,
      to: 4000 * MS,
      loop: { kind: 'stepped', closedPerSecond: 20, steps, heldPerSecond: 11 },
    });
    expect([operations, durationMs, latency[0]?.percentiles.max]).toEqual([2, 1000, 2000]);
    const shown = loop?.kind === 'stepped' ? loop.steps : [];
    expect(
      shown.map(({ fromMs, percentiles: { count, max } }) => [fromMs, count, Math.round(max / 1000)]),
    ).toEqual([
      [1000, 1, 1],
      [2000, 2, 2],
      [3000, 1, 900],
    ]);
  });
});
