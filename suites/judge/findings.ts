/** Collects a rule's findings and draws their pictures. */
import { defined } from '../../adapters/contract/defined.ts';
import type { Finding, Lane, LaneEvent } from '../result.ts';

/** The most findings of a rule to keep. All are counted. */
export const MAX_FINDINGS = 20;
/** The most characters of an operation id or a token in a summary. */
const SHOWN_ID = 8;

/** A finding, and its place among all findings of its rule in the whole evidence. */
export interface PlacedFinding {
  readonly phase: number;
  readonly rank: number;
  readonly finding: Finding;
}

export interface Findings {
  readonly kept: readonly PlacedFinding[];
  readonly count: number;
  /**
   * Findings that are added from now on belong to `rank` of the whole evidence. A rule that goes through the evidence
   * several times increases `phase`. Neither decreases.
   */
  at(rank: number, phase?: number): void;
  /** Counts one violation. `describe` is only called for those that are kept. */
  add(describe: () => Finding): void;
}

export function collectFindings(): Findings {
  const kept: PlacedFinding[] = [];
  let count = 0;
  let [lastPhase, lastRank] = [0, 0];
  return {
    kept,
    get count() {
      return count;
    },
    at(rank, phase = 0) {
      lastPhase = phase;
      lastRank = rank;
    },
    add(describe) {
      count += 1;
      if (kept.length < MAX_FINDINGS) kept.push({ phase: lastPhase, rank: lastRank, finding: describe() });
    },
  };
}

/** One bar of a picture, in nanoseconds. */
export interface Bar {
  readonly lane: string;
  readonly label: string;
  readonly from: number;
  /** Infinity: the end is open. */
  readonly to: number;
  readonly kind: LaneEvent['kind'];
  readonly marked?: boolean;
  /** Whether two lanes must not have this at once. */
  readonly held?: boolean;
}

/** Bars as lanes, in the order of their first bars, in microseconds since the earliest. */
export function drawLanes(bars: readonly Bar[]): Lane[] {
  const sorted = [...bars].sort((a, b) => a.from - b.from);
  const origin = sorted[0]?.from ?? 0;
  // An open bar ends a little after the last known time.
  const known = sorted.flatMap((bar) => (Number.isFinite(bar.to) ? [bar.from, bar.to] : [bar.from]));
  const end = Math.max(origin, ...known);
  const us = (ns: number): number => (Math.min(ns, end) - origin) / 1000;
  const held = new Map<string, NonNullable<Lane['held']>>();
  const lanes = new Map<string, LaneEvent[]>();
  for (const bar of sorted) {
    const events = lanes.get(bar.lane) ?? [];
    lanes.set(bar.lane, events);
    events.push({
      label: bar.label,
      fromUs: us(bar.from),
      toUs: us(bar.to),
      kind: Number.isFinite(bar.to) ? bar.kind : 'stuck',
      ...(bar.marked === true ? { marked: true } : {}),
    });
    if (bar.held === true) held.set(bar.lane, { fromUs: us(bar.from), toUs: us(bar.to) });
  }
  return [...lanes].map(([label, events]) => {
    const part = held.get(label);
    return { label, events, ...defined({ held: part }) };
  });
}

/** An id as it is shown: long ids are cut. */
export function shortId(id: string): string {
  return id.length <= SHOWN_ID + 1 ? id : `${id.slice(0, SHOWN_ID)}…`;
}

export function distinct(services: readonly number[]): number[] {
  return [...new Set(services)].sort((a, b) => a - b);
}
