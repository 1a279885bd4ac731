/** Loads as scenarios leave them, made from a fixed sequence of numbers. */
import { NO_POWER } from '../../scenarios/evidence/model/power.ts';
import type { Finding, Judgement, RuleResult } from '../../suites/result.ts';
import type { LatencySummary, LoadResult, Percentiles, TargetSummary, ThroughputPoint } from '../model.ts';
import { doubleSettleTimelines } from './timelines.ts';

/** A small deterministic generator (an LCG), so that pictures do not change from run to run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A long-tailed distribution with this median, in microseconds. */
function quantile(medianUs: number, q: number): number {
  return Math.round(medianUs * (0.4 + 0.6 * (Math.log2(1 / Math.max(1 - q, 1e-6)) ** 1.25 / 1 ** 1.25)));
}

function percentiles(medianUs: number, count: number): Percentiles {
  return {
    count,
    min: quantile(medianUs, 0),
    mean: Math.round(medianUs * 1.21 * 10) / 10,
    p50: quantile(medianUs, 0.5),
    p90: quantile(medianUs, 0.9),
    p99: quantile(medianUs, 0.99),
    p999: quantile(medianUs, 0.999),
    max: quantile(medianUs, 1 - 1 / count),
  };
}

function latency(name: string, medianUs: number, count: number): LatencySummary {
  const curve: (readonly [number, number])[] = [];
  for (let tail = 1; tail > 1 / count; tail /= 1.3) curve.push([1 - tail, quantile(medianUs, 1 - tail)]);
  return {
    name,
    percentiles: percentiles(medianUs, count),
    curve: [...curve, [1, quantile(medianUs, 1 - 1 / count)]],
  };
}

/** Of what was answered `ok`. */
const EFFECT_SHARE = 0.48;
const READ_SHARE = 0.1;

function throughput(rate: number, seconds: number, seed: number): ThroughputPoint[] {
  const random = numbers(seed);
  return Array.from({ length: seconds }, (_, second) => {
    const ok = Math.round(
      rate * (0.9 + 0.2 * random()) * (second === 0 ? 0.6 : second === seconds - 1 ? 0.412 : 1),
    );
    const fail = Math.round(rate * 0.01 * random());
    return { second, ok, fail, unknown: second === 9 ? 3 : 0, effects: Math.round(ok * EFFECT_SHARE) };
  });
}

const MINIMUMS = {
  ...NO_POWER,
  crossProcessAttempts: 200,
  contendedStreams: 20,
};

function rule(name: RuleResult['rule'], checked: number, detail: string): RuleResult {
  return { rule: name, verdict: 'ok', checked, detail, violations: 0, findings: [] };
}

const TALLY = { acknowledged: 41_200, lost: 0, doubled: 0 };

const HELD: readonly RuleResult[] = [
  rule('exclusion', 41_200, '41,200 committed sections of 2,010 streams'),
  rule('revision-chain', 41_200, '41,200 revisions of 2,010 streams'),
  rule('effects', 41_200, '41,200 effects, 20,600 payouts'),
  rule('replay', 39_871, '39,871 tokens, 12,440 replays'),
  {
    ...rule('linearizability', 0, 'not part of this version; rules 1–4 and 6 decide'),
    verdict: 'not-applicable',
  },
  rule('audit', 3, '3 readers agree on 2,010 streams, 41,200 events, 39,871 tokens'),
  { ...rule('scans', 0, 'the mix does not scan'), verdict: 'not-applicable' },
];

/** As the revision chain draws it: what each service committed. */
const DOUBLE_SETTLE: Finding = {
  summary:
    'Stream "stream-17" was settled twice: service 1 (settle, operation 7f3a91c0…, revision 3) and service 2 (settle, operation c11e08d2…, revision 3) both committed. Their sections overlapped for 312.4 µs.',
  stream: 'stream-17',
  services: [1, 2],
  lanes: [
    {
      label: 'service 1',
      events: [
        {
          label: 'settle → revision 3, operation 7f3a91c0…',
          fromUs: 0,
          toUs: 612.5,
          kind: 'call',
          marked: true,
        },
        { label: 'committed', fromUs: 612.5, toUs: 700, kind: 'leave' },
      ],
    },
    {
      label: 'service 2',
      events: [
        {
          label: 'settle → revision 3, operation c11e08d2…',
          fromUs: 300.1,
          toUs: 940,
          kind: 'call',
          marked: true,
        },
        { label: 'committed', fromUs: 940, toUs: 1010, kind: 'leave' },
      ],
    },
  ],
};
/** As exclusion draws it: the section, and what was done in it. */
const SHARED_SECTION: Finding = {
  summary: 'The lock of stream "stream-17" was held by service 1 and service 2 at once, for 312.4 µs.',
  stream: 'stream-17',
  services: [1, 2],
  lanes: [
    {
      label: 'service 1',
      events: [
        { label: 'section of stream-17', fromUs: 0, toUs: 612.5, kind: 'enter' },
        {
          label: 'service 1 executed settle (operation 7f3a91c0…, revision 3)',
          fromUs: 12,
          toUs: 612.5,
          kind: 'call',
          marked: true,
        },
      ],
    },
    {
      label: 'service 2',
      events: [
        { label: 'section of stream-17', fromUs: 290, toUs: 940, kind: 'enter' },
        {
          label: 'service 2 executed settle (operation c11e08d2…, revision 3)',
          fromUs: 300.1,
          toUs: 940,
          kind: 'call',
          marked: true,
        },
      ],
    },
  ],
};

export function healthyLoad(target: TargetSummary): LoadResult {
  return load(target, 1900, 4100, 3, false, {
    verdict: 'ok',
    reason: 'every rule held, and the contention was above the minimum',
    rules: HELD,
    power: {
      ...NO_POWER,
      crossProcessAttempts: 18_342,
      contendedStreams: 1987,
      duplicateAttempts: 4120,
    },
    minimums: MINIMUMS,
    tally: TALLY,
  });
}

export function doubleSettleLoad(target: TargetSummary, negativeControl: boolean): LoadResult {
  const rules = HELD.map((held): RuleResult => {
    if (held.rule === 'revision-chain')
      return { ...held, verdict: 'violated', violations: 812, findings: [DOUBLE_SETTLE] };
    if (held.rule === 'exclusion')
      return { ...held, verdict: 'violated', violations: 790, findings: [SHARED_SECTION] };
    return held;
  });
  const judgement: Judgement = {
    verdict: 'violated',
    reason: 'stream "stream-17" was settled twice, by service 1 and service 2',
    rules,
    power: {
      ...NO_POWER,
      crossProcessAttempts: 61_004,
      contendedStreams: 4012,
      duplicateAttempts: 9120,
    },
    minimums: MINIMUMS,
    tally: TALLY,
  };
  const broken = load(target, 210, 15_400, 4, negativeControl, judgement);
  return { ...broken, timelines: doubleSettleTimelines(811) };
}

function load(
  target: TargetSummary,
  medianUs: number,
  rate: number,
  seed: number,
  negativeControl: boolean,
  judgement: Judgement,
): LoadResult {
  const points = throughput(rate, 11, seed);
  const sum = (of: 'ok' | 'fail' | 'unknown' | 'effects'): number =>
    points.reduce((total, point) => total + (point[of] ?? 0), 0);
  const operations = sum('ok') + sum('fail') + sum('unknown');
  const effects = sum('effects');
  const reads = Math.round(sum('ok') * READ_SHARE);
  const refusals = sum('ok') - effects - reads;
  const durationMs = 10_412;
  return {
    target,
    workload: 'lifecycle',
    mix: 'settle-withdraw-race',
    services: 2,
    drivers: 1,
    connections: 32,
    durationMs,
    operations,
    effects,
    effectsPerSecond: (1000 * effects) / durationMs,
    kinds: { effect: effects, refusal: refusals, read: reads, failure: sum('fail'), unknown: sum('unknown') },
    negativeControl,
    evidence: `evidence/${target.name}-settle-withdraw-race`,
    outcomes: { ok: sum('ok'), fail: sum('fail'), unknown: sum('unknown') },
    codes: { CONFLICT: sum('fail') - 4, UNAVAILABLE: 4, ILLEGAL_TRANSITION: 1204 },
    throughput: points,
    latency: [
      latency('all', medianUs, operations),
      latency('effect', medianUs * 1.2, effects),
      latency('refusal', medianUs * 0.8, refusals),
      latency('read', medianUs * 0.5, reads),
    ],
    perService: [
      { service: 1, requests: Math.round(operations * 0.507), effects: Math.round(effects * 0.506) },
      {
        service: 2,
        requests: operations - Math.round(operations * 0.507),
        effects: effects - Math.round(effects * 0.506),
      },
    ],
    locks: { wait: percentiles(medianUs * 0.3, operations), hold: percentiles(medianUs * 0.5, operations) },
    judgement,
    judgeMs: 840,
  };
}
