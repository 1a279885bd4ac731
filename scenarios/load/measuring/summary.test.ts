import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../evidence.ts';
import type { JournalEntry } from '../../evidence/model/journal.ts';
import type { HistoryEntry } from '../../evidence/model/history.ts';
import { REQUEST_KINDS, type RequestKind } from './kinds.ts';
import { summarizeLoad as summarizeAll, type LoadSummary } from './summary.ts';
import { headerOf } from '../../evidence/testing/header.ts';

const MS = 1e6;
const SECOND = 1e9;

function entry(changes: Partial<HistoryEntry>): HistoryEntry {
  return {
    client: 1,
    key: 's',
    f: 'settle',
    args: {},
    call: 0,
    return: MS,
    outcome: 'ok',
    service: 1,
    ...changes,
  };
}

function evidence(history: readonly HistoryEntry[], entries: readonly JournalEntry[] = []): Evidence {
  return {
    header: headerOf({ loadFrom: SECOND, loadTo: 4 * SECOND }),
    history,
    journals: [{ service: 1, pid: 1, entries }],
    audits: [],
  };
}

function summarizeLoad(from: Evidence): LoadSummary {
  return summarizeAll(from).summary;
}

describe('the summary of a load', () => {
  it('counts outcomes, codes and shares', () => {
    const effect = { status: 200, effect: true };
    const summary = summarizeLoad(
      evidence([
        entry({ result: effect }),
        entry({ result: { ...effect, replayed: true }, service: 2 }),
        entry({ result: { status: 409, code: 'INVALID_STATE', effect: false }, service: 2 }),
        entry({ outcome: 'fail', result: { status: 503, code: 'UNAVAILABLE' } }),
        entry({ outcome: 'unknown', return: null }),
      ]),
    );
    expect(summary.operations).toBe(5);
    expect(summary.durationMs).toBe(3000);
    expect(summary.outcomes).toEqual({ ok: 3, fail: 1, unknown: 1 });
    expect(summary.kinds).toEqual({ effect: 1, replay: 1, refusal: 1, failure: 1, unknown: 1 });
    expect([summary.effects, summary.effectsPerSecond]).toEqual([1, 1 / 3]);
    expect(summary.codes).toEqual({ INVALID_STATE: 1, UNAVAILABLE: 1, NO_ANSWER: 1 });
    expect(summary.perService).toEqual([
      { service: 1, requests: 3, effects: 1 },
      { service: 2, requests: 2, effects: 0 },
    ]);
  });

  it('puts answers into seconds since the load began', () => {
    const summary = summarizeLoad(
      evidence([
        entry({ return: 1.5 * SECOND, result: { status: 200, effect: true } }),
        entry({ return: 1.6 * SECOND, result: { status: 200, effect: true, replayed: true } }),
        entry({ return: 3.999 * SECOND, result: { status: 200, effect: false } }),
        entry({ call: 3.5 * SECOND, return: null, outcome: 'unknown' }),
      ]),
    );
    expect(summary.throughput).toEqual([
      { second: 0, ok: 2, fail: 0, unknown: 0, effects: 1 },
      { second: 1, ok: 0, fail: 0, unknown: 0, effects: 0 },
      { second: 2, ok: 1, fail: 0, unknown: 1, effects: 0 },
    ]);
  });

  it('groups requests by what came of them', () => {
    const kinds: readonly [RequestKind, Partial<HistoryEntry>][] = [
      ['effect', { result: { status: 200, effect: true } }],
      ['replay', { result: { status: 200, effect: true, replayed: true } }],
      ['refusal', { result: { status: 409, code: 'INVALID_STATE', effect: false } }],
      ['unchanged', { result: { status: 200, effect: false } }],
      ['read', { f: 'get', result: { status: 200 } }],
      ['scan', { f: 'scan', key: 'streams', result: { status: 200, ids: [] } }],
      ['export-request', { f: 'export', result: { status: 202 } }],
      ['export-work', { f: 'work', key: 'exports', result: { status: 200 } }],
      ['export-download', { f: 'download', result: { status: 200 } }],
      ['failure', { outcome: 'fail', result: { status: 409, code: 'IDEMPOTENCY_CONFLICT' } }],
      ['unknown', { outcome: 'unknown', result: { status: 500, code: 'OUTCOME_UNKNOWN' } }],
    ];
    const { latency } = summarizeLoad(evidence(kinds.map(([, changes]) => entry(changes)).toReversed()));
    expect(latency.slice(1).map(({ name, percentiles: { count } }) => [name, count])).toEqual(
      kinds.map(([kind]) => [kind, 1]),
    );
    expect(kinds.map(([kind]) => kind)).toEqual(REQUEST_KINDS);
  });

  it('gives percentiles in microseconds, and a rising curve', () => {
    const result = { status: 200, effect: true };
    const history = Array.from({ length: 1000 }, (_, index) => entry({ return: (index + 1) * MS, result }));
    const { latency } = summarizeLoad(evidence([...history, entry({ f: 'get', return: 5 * MS })]));
    expect(latency.map((each) => each.name)).toEqual(['all', 'effect', 'read']);
    const effect = latency[1];
    if (effect === undefined) throw new Error('unreachable');
    const { percentiles, curve } = effect;
    expect(percentiles.count).toBe(1000);
    const near = (value: number | null, wanted: number): void => {
      expect(Math.abs((value ?? 0) - wanted)).toBeLessThanOrEqual(wanted / 500);
    };
    near(percentiles.min, 1000);
    near(percentiles.p50, 500_000);
    near(percentiles.p99, 990_000);
    near(percentiles.max, 1_000_000);
    const rising = curve.every(
      (point, index) =>
        index === 0 || (point[0] > (curve[index - 1]?.[0] ?? 0) && point[1] >= (curve[index - 1]?.[1] ?? 0)),
    );
    expect(rising).toBe(true);
    expect(curve.at(-1)).toEqual([1, percentiles.max]);
  });

  it('counts open-loop latency from the intended start, and shows the other beside it', () => {
    const { latency } = summarizeLoad(evidence([entry({ intended: 0, call: 8 * MS, return: 10 * MS })]));
    const of = (name: string): number => latency.find((each) => each.name === name)?.percentiles.max ?? 0;
    expect(Math.round(of('all') / 100)).toBe(100);
    expect(Math.round(of('all, from the send') / 100)).toBe(20);
  });

  it('derives lock waits and holds of sections', () => {
    const { locks } = summarizeLoad(
      evidence(
        [],
        [
          { type: 'wait', at: 0, section: 1, stream: 's' },
          { type: 'wait', at: 0, section: 2, stream: 's' },
          { type: 'enter', at: 2 * MS, section: 1, stream: 's', attempt: 1 },
          { type: 'enter', at: 3 * MS, section: 1, stream: 's', attempt: 2 },
          { type: 'settle', at: 7 * MS, section: 1, outcome: 'committed' },
          { type: 'settle', at: 9 * MS, section: 2, outcome: 'aborted' },
        ],
      ),
    );
    expect([locks.wait.count, Math.round(locks.wait.max / 100)]).toEqual([1, 20]);
    expect([locks.hold.count, Math.round(locks.hold.max / 100)]).toEqual([1, 50]);
  });

  it('is empty for no evidence', () => {
    const summary = summarizeLoad(evidence([]));
    expect(summary.latency).toEqual([
      {
        name: 'all',
        percentiles: { count: 0, min: 0, mean: 0, p50: null, p90: null, p99: null, p999: null, max: 0 },
        curve: [],
      },
    ]);
    expect(summary.throughput).toEqual([]);
  });
});
