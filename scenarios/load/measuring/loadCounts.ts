/** What is counted in a load's evidence, whole or in parts. The counts of parts can be combined. */
import type { Evidence } from '../../evidence.ts';
import type { Journal } from '../../evidence/model/journal.ts';
import type { HistoryEntry } from '../../evidence/model/history.ts';
import { kindOf, type RequestKind } from './kinds.ts';
import { measuredPart, startOf, type MeasuredPart } from './measuredPart.ts';
import { countMeasuring, type MeasuringCounts } from './measuringFigures.ts';

export interface ThroughputPoint {
  /** The beginning of the bucket, in seconds since the load began. */
  readonly second: number;
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  /** First effects; they are also part of `ok`. Absent: an older version recorded the result. */
  readonly effects?: number;
}

const NS_PER_US = 1000;

const NS_PER_SECOND = 1e9;

/** The code under which requests without an answer are counted. */
const NO_ANSWER = 'NO_ANSWER';

/** Open loop: the latency from sending a request, as a closed loop would show it, without the wait before it. */
export const FROM_THE_SEND = 'all, from the send';

/** The counts of one part of the evidence, as plain data. */
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

/** `place`: the place of the first such request in the whole evidence. */
interface Counted {
  readonly name: string;
  readonly place: number;
  readonly count: number;
}

interface Measured {
  readonly name: string;
  readonly values: Float64Array;
}

/** `placeOf`: the place of a line of the histories in the whole evidence. */
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

function throughputOf(history: readonly HistoryEntry[], from: number): ThroughputPoint[] {
  const points: { -readonly [Name in keyof ThroughputPoint]-?: number }[] = [];
  for (const entry of history) {
    const second = Math.max(0, Math.floor(((entry.return ?? entry.call) - from) / NS_PER_SECOND));
    while (points.length <= second)
      points.push({ second: points.length, ok: 0, fail: 0, unknown: 0, effects: 0 });
    const point = points[second] as (typeof points)[number];
    point[entry.outcome] += 1;
    if (kindOf(entry) === 'effect') point.effects += 1;
  }
  return points;
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

/** Wait: from the call of withLock to the beginning of the callback. Hold: from there until withLock has settled. */
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
        // The wait of a callback that runs again did not start anew.
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
  return Math.max(0, Math.round(ns / NS_PER_US));
}
