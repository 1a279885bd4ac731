/** Throughput, latency and shares of a load, derived from its evidence. Judges nothing. */
import type { Histogram } from 'hdr-histogram-js';
import type { Evidence, EvidenceHeader, HistoryEntry, Journal } from '../../evidence.ts';
import { correctedOf, curveOf, histogram, percentilesOf, type Percentiles } from './latency.ts';
import { kindOf, REQUEST_KINDS, type RequestKind } from './kinds.ts';
import { measuredPart, startOf, type MeasuredPart } from './measuredPart.ts';
import {
  busyUs,
  countMeasuring,
  measuringFigures,
  type MeasuringCounts,
  type MeasuringFigures,
} from './measuringFigures.ts';

export interface LoadSummary extends MeasuringFigures {
  /** Of the part that figures are of: the load without its warm-up, or the best step of `--rate auto`. */
  readonly durationMs: number;
  /** Lines of history: every attempt counts. */
  readonly operations: number;
  /** First effects that a client was told of: what the target got done. Replays are none. */
  readonly effects: number;
  /** Of `durationMs`; 0 when that is 0. */
  readonly effectsPerSecond: number;
  /** What came of the requests, counted: those that occurred, in the order of REQUEST_KINDS. They add up to `operations`. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Outcomes counted: ok, fail, unknown. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Refusals and failures by code; NO_ANSWER for requests without one. */
  readonly codes: Readonly<Record<string, number>>;
  readonly throughput: readonly ThroughputPoint[];
  /**
   * `all` first, then one for each kind that was answered, see REQUEST_KINDS. In open loop from the intended start, and
   * `all, from the send` beside it.
   */
  readonly latency: readonly LatencySummary[];
  readonly perService: readonly ServiceShare[];
  readonly locks: { readonly wait: Percentiles; readonly hold: Percentiles };
}

export interface SummarizedLoad {
  readonly summary: LoadSummary;
  /** Every latency of it, by name, in microseconds. */
  readonly latencies: ReadonlyMap<string, Histogram>;
}

export interface ThroughputPoint {
  /** Seconds since the load began, start of the bucket. */
  readonly second: number;
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  /** First effects, which are among `ok`. Absent: of a result that older versions have recorded. */
  readonly effects?: number;
}

export interface LatencySummary {
  readonly name: string;
  readonly percentiles: Percentiles;
  /** Points of the HDR curve: [quantile 0..1, microseconds], rising, as far as percentiles are given; the last is the maximum. */
  readonly curve: readonly (readonly [number, number])[];
  /**
   * Closed loop: with HdrHistogram's correction for coordinated omission. Each connection is taken to have sent at its mean
   * interval; a longer answer counts for the requests that it kept from being sent, too. Their count is in it.
   */
  readonly corrected?: Percentiles;
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
const ALL = 'all';
/** In open loop, the latency that a closed loop would have shown: from the sending, without the wait before it. */
const FROM_THE_SEND = 'all, from the send';

/** What a part of the evidence counts, as plain data. */
export interface LoadCounts extends MeasuringCounts {
  readonly operations: number;
  readonly outcomes: Readonly<Record<HistoryEntry['outcome'], number>>;
  readonly kinds: Readonly<Partial<Record<RequestKind, number>>>;
  readonly codes: readonly Counted[];
  /** By second of the load. */
  readonly throughput: readonly ThroughputPoint[];
  /** In microseconds, by kind of request. */
  readonly latency: readonly Measured[];
  /** By service. */
  readonly services: readonly (readonly [service: number, requests: number, effects: number])[];
  readonly waits: Float64Array;
  readonly holds: Float64Array;
}

/** `place`: of the first in the whole evidence. */
interface Counted {
  readonly name: string;
  readonly place: number;
  readonly count: number;
}

interface Measured {
  readonly name: string;
  readonly values: Float64Array;
}

export function summarizeLoad(evidence: Evidence): SummarizedLoad {
  return summarizeCounts(evidence.header, [countLoad(evidence, (index) => index)]);
}

/** `placeOf`: where a line of the histories stands in the whole evidence. */
export function countLoad(
  { header, history, journals }: Evidence,
  placeOf: (index: number) => number,
): LoadCounts {
  const outcomes = { ok: 0, fail: 0, unknown: 0 };
  const kinds: Partial<Record<RequestKind, number>> = {};
  const codes = new Map<string, { name: string; place: number; count: number }>();
  const services = new Map<number, [service: number, requests: number, effects: number]>();
  const part = measuredPart(header);
  const measured = history.filter((entry) => part.holds(startOf(entry)));
  for (const [index, entry] of history.entries()) {
    if (!part.holds(startOf(entry))) continue;
    outcomes[entry.outcome] += 1;
    const kind = kindOf(entry);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    const code = entry.return === null ? NO_ANSWER : entry.result?.code;
    if (code !== undefined) {
      const known = codes.get(code);
      if (known === undefined) codes.set(code, { name: code, place: placeOf(index), count: 1 });
      else known.count += 1;
    }
    const share = services.get(entry.service) ?? [entry.service, 0, 0];
    services.set(entry.service, share);
    share[1] += 1;
    if (kind === 'effect') share[2] += 1;
  }
  return {
    operations: measured.length,
    outcomes,
    kinds,
    codes: [...codes.values()],
    throughput: throughputOf(history, header.loadFrom),
    latency: latencyOf(measured),
    ...countMeasuring({ header, history }),
    services: [...services.values()],
    ...locksOf(journals, part),
  };
}

/** `header`: of the whole evidence, whose parts count these. */
export function summarizeCounts(header: EvidenceHeader, parts: readonly LoadCounts[]): SummarizedLoad {
  const sum = (valueOf: (part: LoadCounts) => number): number =>
    parts.reduce((all, part) => all + valueOf(part), 0);
  const waits = histogram();
  const holds = histogram();
  for (const part of parts) {
    for (const us of part.waits) waits.recordValue(us);
    for (const us of part.holds) holds.recordValue(us);
  }
  const part = measuredPart(header);
  const durationMs = (part.to - part.from) / NS_A_MS;
  const effects = sum(({ kinds }) => kinds.effect ?? 0);
  const latencies = latenciesOf(parts);
  const summary: LoadSummary = {
    durationMs,
    ...measuringFigures(header, parts, effects),
    operations: sum(({ operations }) => operations),
    effects,
    effectsPerSecond: durationMs > 0 ? (1000 * effects) / durationMs : 0,
    kinds: byCount(
      REQUEST_KINDS.map((name) => [name, sum(({ kinds }) => kinds[name] ?? 0)] as const).filter(
        ([, count]) => count > 0,
      ),
    ),
    outcomes: byCount(
      (['ok', 'fail', 'unknown'] as const).map((name) => [name, sum(({ outcomes }) => outcomes[name])]),
    ),
    codes: countsOf(parts),
    throughput: joinThroughput(parts),
    latency: summarizeLatency(latencies, busyUs(header)),
    perService: Array.from({ length: header.services }, (_, index) => {
      const shares = parts.flatMap(({ services }) => services.filter(([service]) => service === index + 1));
      return {
        service: index + 1,
        requests: shares.reduce((all, [, requests]) => all + requests, 0),
        effects: shares.reduce((all, [, , effects]) => all + effects, 0),
      };
    }),
    locks: { wait: percentilesOf(waits), hold: percentilesOf(holds) },
  };
  return { summary, latencies };
}

function byCount(counts: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(counts);
}

/** The most frequent first; of equally frequent ones the one that came first. */
function countsOf(parts: readonly LoadCounts[]): Record<string, number> {
  const joined = new Map<string, { name: string; place: number; count: number }>();
  for (const { name, place, count } of parts.flatMap(({ codes }) => codes)) {
    const known = joined.get(name) ?? { name, place, count: 0 };
    joined.set(name, { name, place: Math.min(known.place, place), count: known.count + count });
  }
  const sorted = [...joined.values()].sort((a, b) => b.count - a.count || a.place - b.place);
  return byCount(sorted.map(({ name, count }) => [name, count]));
}

function throughputOf(history: readonly HistoryEntry[], from: number): ThroughputPoint[] {
  const points: { -readonly [Name in keyof ThroughputPoint]-?: number }[] = [];
  for (const entry of history) {
    const second = Math.max(0, Math.floor(((entry.return ?? entry.call) - from) / NS_A_SECOND));
    while (points.length <= second)
      points.push({ second: points.length, ok: 0, fail: 0, unknown: 0, effects: 0 });
    const point = points[second] as (typeof points)[number];
    point[entry.outcome] += 1;
    if (kindOf(entry) === 'effect') point.effects += 1;
  }
  return points;
}

function joinThroughput(parts: readonly LoadCounts[]): ThroughputPoint[] {
  const length = Math.max(0, ...parts.map(({ throughput }) => throughput.length));
  return Array.from({ length }, (_, second) => {
    const sum = (name: HistoryEntry['outcome'] | 'effects'): number =>
      parts.reduce((all, { throughput }) => all + (throughput[second]?.[name] ?? 0), 0);
    return {
      second,
      ok: sum('ok'),
      fail: sum('fail'),
      unknown: sum('unknown'),
      effects: sum('effects'),
    };
  });
}

function latencyOf(history: readonly HistoryEntry[]): Measured[] {
  const measured = new Map<string, number[]>();
  const record = (name: string, ns: number): void => {
    let values = measured.get(name);
    if (values === undefined) measured.set(name, (values = []));
    values.push(microseconds(ns));
  };
  for (const entry of history) {
    if (entry.return === null) continue;
    record(kindOf(entry), entry.return - (entry.intended ?? entry.call));
    if (entry.intended !== undefined) record(FROM_THE_SEND, entry.return - entry.call);
  }
  return [...measured].map(([name, values]) => ({ name, values: Float64Array.from(values) }));
}

/** By name, in the order in which they are shown. In microseconds. */
function latenciesOf(parts: readonly LoadCounts[]): Map<string, Histogram> {
  const all = histogram();
  const named = new Map<string, Histogram>();
  for (const { name, values } of parts.flatMap(({ latency }) => latency)) {
    const known = named.get(name) ?? histogram();
    named.set(name, known);
    for (const us of values) {
      known.recordValue(us);
      if (name !== FROM_THE_SEND) all.recordValue(us);
    }
  }
  named.set(ALL, all);
  return new Map(
    [ALL, FROM_THE_SEND, ...REQUEST_KINDS].flatMap((name) => {
      const values = named.get(name);
      return values === undefined ? [] : [[name, values] as const];
    }),
  );
}

/** `connectionsUs`: see busyUs. */
function summarizeLatency(
  latencies: ReadonlyMap<string, Histogram>,
  connectionsUs: number | undefined,
): LatencySummary[] {
  return [...latencies].map(([name, values]) => {
    const corrected = connectionsUs === undefined ? {} : { corrected: correctedOf(values, connectionsUs) };
    return { name, percentiles: percentilesOf(values), curve: curveOf(values), ...corrected };
  });
}

/** Wait: from the call of withLock to the callback's first act. Hold: from there until withLock has settled. */
function locksOf(journals: readonly Journal[], part: MeasuredPart): Pick<LoadCounts, 'waits' | 'holds'> {
  const waits: number[] = [];
  const holds: number[] = [];
  for (const { entries } of journals) {
    const waiting = new Map<number, number>();
    const holding = new Map<number, number>();
    for (const entry of entries) {
      if (entry.type === 'wait') {
        if (!part.holds(entry.at)) continue;
        waiting.set(entry.section, entry.at);
      } else if (entry.type === 'enter') {
        const since = waiting.get(entry.section);
        // A callback that is run again did not wait again from the start.
        if (waiting.delete(entry.section) && since !== undefined) waits.push(microseconds(entry.at - since));
        if (part.holds(entry.at) && !holding.has(entry.section)) holding.set(entry.section, entry.at);
      } else if (entry.type === 'settle') {
        const since = holding.get(entry.section);
        if (holding.delete(entry.section) && since !== undefined) holds.push(microseconds(entry.at - since));
        waiting.delete(entry.section);
      }
    }
  }
  return { waits: Float64Array.from(waits), holds: Float64Array.from(holds) };
}

function microseconds(ns: number): number {
  return Math.max(0, Math.round(ns / NS_A_US));
}
