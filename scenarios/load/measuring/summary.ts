/** The throughput, latency and shares of a load, from its evidence. Nothing here judges. */
import type { Histogram } from 'hdr-histogram-js';
import type { Evidence, EvidenceHeader } from '../../evidence.ts';
import type { HistoryEntry } from '../../evidence/model/history.ts';
import { correctedOf, curveOf, histogram, percentilesOf } from './latency.ts';
import type { Percentiles } from './percentiles.ts';
import { REQUEST_KINDS } from './kinds.ts';
import { measuredPart } from './measuredPart.ts';
import { busyUs, measuringFigures, type MeasuringFigures } from './measuringFigures.ts';
import { FROM_THE_SEND, countLoad, type LoadCounts, type ThroughputPoint } from './loadCounts.ts';

export interface LoadSummary extends MeasuringFigures {
  /**
   * The length of the part that the figures describe: the load without its warm-up, or the best step of `--rate auto`.
   */
  readonly durationMs: number;
  /** The number of lines in the histories: every attempt counts. */
  readonly operations: number;
  /** The number of first effects that clients were told of: the useful work of the target. Replays do not count. */
  readonly effects: number;
  /** `effects` per second of `durationMs`. 0 if that is 0. */
  readonly effectsPerSecond: number;
  /**
   * The number of requests per kind, in the order of REQUEST_KINDS. Kinds that did not occur are absent. The sum is
   * `operations`.
   */
  readonly kinds: Readonly<Record<string, number>>;
  /** The number of requests per outcome: ok, fail, unknown. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The number of refusals and failures per code. NO_ANSWER counts requests without an answer. */
  readonly codes: Readonly<Record<string, number>>;
  readonly throughput: readonly ThroughputPoint[];
  /**
   * First `all`, then each kind that was answered: see REQUEST_KINDS. In an open loop latency counts from when a
   * request was due, and there is also `all, from the send`.
   */
  readonly latency: readonly LatencySummary[];
  readonly perService: readonly ServiceShare[];
  readonly locks: { readonly wait: Percentiles; readonly hold: Percentiles };
}

export interface SummarizedLoad {
  readonly summary: LoadSummary;
  /** All its latencies by name, in microseconds. */
  readonly latencies: ReadonlyMap<string, Histogram>;
}

export interface LatencySummary {
  readonly name: string;
  readonly percentiles: Percentiles;
  /**
   * Points of the HDR curve: [quantile 0..1, microseconds], increasing, as far as percentiles are given. The last one
   * is the maximum.
   */
  readonly curve: readonly (readonly [number, number])[];
  /**
   * Closed loop: with HdrHistogram's correction for coordinated omission. Each connection is assumed to have sent at
   * its mean interval, so a longer answer also counts for the requests that it prevented. `count` includes these.
   */
  readonly corrected?: Percentiles;
}

export interface ServiceShare {
  readonly service: number;
  readonly requests: number;
  readonly effects: number;
}

const NS_PER_MS = 1e6;
const ALL = 'all';
export function summarizeLoad(evidence: Evidence): SummarizedLoad {
  return summarizeCounts(evidence.header, [countLoad(evidence, (index) => index)]);
}

/** `header`: that of the whole evidence. `parts`: the counts of its parts. */
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
  const durationMs = (part.to - part.from) / NS_PER_MS;
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

/** The most frequent first. Equally frequent ones are in the order in which they came. */
function countsOf(parts: readonly LoadCounts[]): Record<string, number> {
  const joined = new Map<string, { name: string; place: number; count: number }>();
  for (const { name, place, count } of parts.flatMap(({ codes }) => codes)) {
    const known = joined.get(name) ?? { name, place, count: 0 };
    joined.set(name, { name, place: Math.min(known.place, place), count: known.count + count });
  }
  const sorted = [...joined.values()].sort((a, b) => b.count - a.count || a.place - b.place);
  return byCount(sorted.map(({ name, count }) => [name, count]));
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
