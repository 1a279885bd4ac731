/** Throughput, latency and shares of a load, derived from its evidence. Judges nothing. */
import { build, type Histogram } from 'hdr-histogram-js';
import type { Evidence, HistoryEntry, Journal } from '../evidence.ts';

export interface LoadSummary {
  readonly durationMs: number;
  /** Lines of history: every attempt counts. */
  readonly operations: number;
  /** Outcomes counted: ok, fail, unknown. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Refusals and failures by code; NO_ANSWER for requests without one. */
  readonly codes: Readonly<Record<string, number>>;
  readonly throughput: readonly ThroughputPoint[];
  /** `all` first, then one for each kind of request. In open loop from the intended start. */
  readonly latency: readonly LatencySummary[];
  readonly perService: readonly ServiceShare[];
  readonly locks: { readonly wait: Percentiles; readonly hold: Percentiles };
}

export interface ThroughputPoint {
  /** Seconds since the load began, start of the bucket. */
  readonly second: number;
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
}

/** In microseconds. */
export interface Percentiles {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LatencySummary {
  readonly name: string;
  readonly percentiles: Percentiles;
  /** Points of the HDR curve: [quantile 0..1, microseconds], rising. */
  readonly curve: readonly (readonly [number, number])[];
}

export interface ServiceShare {
  readonly service: number;
  readonly requests: number;
  readonly effects: number;
}

const NS_A_US = 1000;
const NS_A_MS = 1e6;
const NS_A_SECOND = 1e9;
/** The code that counts requests without an answer. */
const NO_ANSWER = 'NO_ANSWER';
/** In open loop, the latency that a closed loop would have shown: from the sending, without the wait before it. */
const FROM_THE_SEND = 'all, from the send';

export function summarizeLoad({ header, history, journals }: Evidence): LoadSummary {
  return {
    durationMs: (header.loadTo - header.loadFrom) / NS_A_MS,
    operations: history.length,
    outcomes: { ok: 0, fail: 0, unknown: 0, ...count(history, (entry) => entry.outcome) },
    codes: count(history, (entry) => (entry.return === null ? NO_ANSWER : entry.result?.code)),
    throughput: throughputOf(history, header.loadFrom),
    latency: latencyOf(history),
    perService: sharesOf(history, header.services),
    locks: locksOf(journals),
  };
}

function count(
  history: readonly HistoryEntry[],
  nameOf: (entry: HistoryEntry) => string | undefined,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const entry of history) {
    const name = nameOf(entry);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function throughputOf(history: readonly HistoryEntry[], from: number): ThroughputPoint[] {
  const points: { second: number; ok: number; fail: number; unknown: number }[] = [];
  for (const entry of history) {
    const second = Math.max(0, Math.floor(((entry.return ?? entry.call) - from) / NS_A_SECOND));
    while (points.length <= second) points.push({ second: points.length, ok: 0, fail: 0, unknown: 0 });
    (points[second] as (typeof points)[number])[entry.outcome] += 1;
  }
  return points;
}

function latencyOf(history: readonly HistoryEntry[]): LatencySummary[] {
  const histograms = new Map<string, Histogram>([['all', histogram()]]);
  const record = (name: string, ns: number): void => {
    let found = histograms.get(name);
    if (found === undefined) histograms.set(name, (found = histogram()));
    found.recordValue(Math.max(0, Math.round(ns / NS_A_US)));
  };
  for (const entry of history) {
    if (entry.return === null) continue;
    const latency = entry.return - (entry.intended ?? entry.call);
    record('all', latency);
    record(entry.f, latency);
    if (entry.intended !== undefined) record(FROM_THE_SEND, entry.return - entry.call);
  }
  return [...histograms].map(([name, values]) => ({
    name,
    percentiles: percentilesOf(values),
    curve: curveOf(values),
  }));
}

function sharesOf(history: readonly HistoryEntry[], services: number): ServiceShare[] {
  const shares = Array.from({ length: services }, (_, index) => ({
    service: index + 1,
    requests: 0,
    effects: 0,
  }));
  for (const entry of history) {
    const share = shares[entry.service - 1];
    if (share === undefined) continue;
    share.requests += 1;
    if (entry.result?.effect === true && entry.result.replayed !== true) share.effects += 1;
  }
  return shares;
}

/** Wait: from the call of withLock to the callback's first act. Hold: from there until withLock has settled. */
function locksOf(journals: readonly Journal[]): LoadSummary['locks'] {
  const wait = histogram();
  const hold = histogram();
  for (const { entries } of journals) {
    const waiting = new Map<number, number>();
    const holding = new Map<number, number>();
    for (const entry of entries) {
      if (entry.type === 'wait') {
        waiting.set(entry.section, entry.at);
      } else if (entry.type === 'enter') {
        const since = waiting.get(entry.section);
        // A callback that is run again did not wait again from the start.
        if (waiting.delete(entry.section) && since !== undefined) record(wait, entry.at - since);
        if (!holding.has(entry.section)) holding.set(entry.section, entry.at);
      } else if (entry.type === 'settle') {
        const since = holding.get(entry.section);
        if (holding.delete(entry.section) && since !== undefined) record(hold, entry.at - since);
        waiting.delete(entry.section);
      }
    }
  }
  return { wait: percentilesOf(wait), hold: percentilesOf(hold) };
}

function record(values: Histogram, ns: number): void {
  values.recordValue(Math.max(0, Math.round(ns / NS_A_US)));
}

function histogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2,
    autoResize: true,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
  });
}

function percentilesOf(values: Histogram): Percentiles {
  // A bucket's upper edge may lie above the largest value in it.
  const at = (percentile: number): number =>
    values.totalCount === 0 ? 0 : Math.min(values.getValueAtPercentile(percentile), values.maxValue);
  return {
    count: values.totalCount,
    min: values.totalCount === 0 ? 0 : values.minNonZeroValue,
    mean: values.totalCount === 0 ? 0 : Math.round(values.mean * 10) / 10,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: values.maxValue,
  };
}

/** Points of equal distance on the axis of log(1 - quantile), ten a decade, as far as the count resolves. */
const POINTS_A_DECADE = 10;
const DECADES = 6;

function curveOf(values: Histogram): (readonly [number, number])[] {
  if (values.totalCount === 0) return [];
  const points: (readonly [number, number])[] = [];
  for (let step = 0; step <= POINTS_A_DECADE * DECADES; step += 1) {
    const beyond = 10 ** (-step / POINTS_A_DECADE);
    if (beyond * values.totalCount < 1) break;
    const quantile = 1 - beyond;
    points.push([quantile, values.getValueAtPercentile(quantile * 100)]);
  }
  points.push([1, values.maxValue]);
  return points;
}
