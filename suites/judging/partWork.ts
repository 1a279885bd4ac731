/** The tasks of a thread that judges parts of evidence, and its answers. Plain data. */
import { countLoad, type LoadCounts } from '../../scenarios/load/measuring/loadCounts.ts';
import { readPart } from '../../scenarios/evidence/parts/readPart.ts';
import type { PartSource } from '../../scenarios/evidence/parts/spread.ts';
import type { Gaps } from '../judge/facts/gaps.ts';
import type { ScanInterest } from '../judge/facts/listed.ts';
import { judgePart, type JudgedPart } from '../judge/part.ts';
import { interestOf } from '../judge/rules/scans.ts';

export interface PartTask {
  readonly source: PartSource;
  readonly gaps: Gaps;
  /** Undefined: the part contains all scans. */
  readonly interest: ScanInterest | undefined;
}

export interface PartAnswer {
  readonly judged: JudgedPart;
  readonly counts: LoadCounts;
}

/** Throws EVIDENCE_MALFORMED. */
export function doPart({ source, gaps, interest }: PartTask): PartAnswer {
  const part = readPart(source);
  const counts = countLoad(part, (index) => part.places.history(index));
  const scans = part.history.filter(({ f }) => f === 'scan');
  return { judged: judgePart(part, gaps, interest ?? interestOf(scans)), counts };
}

/** The buffers of an answer that need not be copied between threads. */
export function buffersOf({ judged, counts }: PartAnswer): ArrayBuffer[] {
  const { ends, service, token, wait, settled, tookEffect, isReplay, revision, effective } =
    judged.power.contest;
  const columns = [ends, service, token, wait, settled, tookEffect, isReplay, revision, effective];
  const { first, last } = counts.answered;
  const measured = [
    counts.waits,
    counts.holds,
    first,
    last,
    ...counts.steps,
    ...counts.latency.map(({ values }) => values),
  ];
  return [...columns, ...measured].map(({ buffer }) => buffer as ArrayBuffer);
}
