/**
 * Which writers the sides accept. At every moment only one side may accept writes, and no side may accept writes of
 * an epoch that is over.
 */
import type { ProbeLine } from '../../scenarios/load/service/authorityProbe.ts';
import { SIDES, type Side } from '../../scenarios/load/service/migrating.ts';
import { plural } from '../counts.ts';
import type { AuthorityResult } from './result.ts';

const MAX_FINDINGS = 10;

/** A step that handed the authority over: when it began and when it ended. */
export interface HandedOver {
  readonly taken: number;
  readonly to: number;
}

/**
 * Pure. It judges by the order in which writes were sent and answered, by their epochs, and by the sides that
 * accepted them.
 */
export function judgeAuthority(
  probes: readonly ProbeLine[],
  handedOver: readonly HandedOver[] = [],
  /** When the move was finished, or began to be. */
  finished: number = Infinity,
): AuthorityResult {
  const findings: string[] = [];
  const outdated = probes.filter((probe) => probe.as === 'outdated');
  for (const probe of outdated)
    if (probe.outcome === 'accepted')
      findings.push(
        `the ${probe.side} side accepted ${writes(probe.count)} of epoch ${probe.epoch}, which was over`,
      );
  // Until the move is finished, the new side must refuse writers that do not know of the move.
  for (const probe of probes)
    if (isTooEarly(probe, finished))
      findings.push(
        `the new side accepted ${writes(probe.count)} by a writer that does not know of the move, in epoch ${probe.epoch}`,
      );
  for (const { side, epoch, count } of unmarkedWhereAnotherDecides(probes))
    findings.push(
      `the ${side} side accepted ${writes(count)} by a writer that does not know of the move, in epoch ${epoch}, in which the other side decides`,
    );
  // Epoch 0: no authority has been set yet, and every side accepts everything.
  const accepted = probes
    .filter(({ as, outcome, epoch }) => as === 'deciding' && outcome === 'accepted' && epoch > 0)
    .toSorted((a, b) => a.return - b.return);
  findings.push(...sharedEpochs(accepted), ...turnedBack(accepted), ...atOnce(accepted));
  const gaps = gapsBetween(accepted);
  // The judge does not rely on what the move reports.
  const seen = handedOver.filter((step) => SIDES.every((side) => isAsked(probes, side, step)));
  if (seen.length === handedOver.length && gaps.length < seen.length)
    findings.push(
      `the authority was handed over in ${plural(seen.length, 'step')}, but the side that accepts writes changed only ${plural(gaps.length, 'time')}`,
    );
  return {
    probes: probes.reduce((sum, { count }) => sum + count, 0),
    outdatedTried: outdated.reduce((sum, { count }) => sum + count, 0),
    outdatedAccepted: outdated
      .filter(({ outcome }) => outcome === 'accepted')
      .reduce((sum, { count }) => sum + count, 0),
    handOvers: gaps.length,
    longestGapMs: gaps.length === 0 ? null : Math.max(...gaps) / 1e6,
    findings: findings.slice(0, MAX_FINDINGS),
  };
}

/** Whether the new side accepted a writer that did not know of the move before the move was finished. */
function isTooEarly({ as, side, outcome, epoch, lastReturn }: ProbeLine, finished: number): boolean {
  return as === 'unmarked' && side === 'new' && outcome === 'accepted' && epoch > 0 && lastReturn < finished;
}

/** Older versions keep writing to a side that no longer decides. */
function unmarkedWhereAnotherDecides(probes: readonly ProbeLine[]): ProbeLine[] {
  const sideOf = new Map<number, Side>();
  for (const { as, side, outcome, epoch } of probes)
    if (as === 'deciding' && outcome === 'accepted' && epoch > 0) sideOf.set(epoch, side);
  return probes.filter(
    ({ as, side, outcome, epoch }) =>
      as === 'unmarked' && outcome === 'accepted' && sideOf.has(epoch) && sideOf.get(epoch) !== side,
  );
}

/** Whether the side has answered a probe after the step was taken. */
function isAsked(probes: readonly ProbeLine[], side: Side, { taken, to }: HandedOver): boolean {
  return probes.some(
    (probe) =>
      probe.side === side && probe.outcome !== 'unknown' && probe.lastCall > taken && probe.call < to,
  );
}

/** Each epoch belongs to one side. */
function sharedEpochs(accepted: readonly ProbeLine[]): string[] {
  const sideOf = new Map<number, ProbeLine['side']>();
  const findings: string[] = [];
  for (const { epoch, side } of accepted) {
    const other = sideOf.get(epoch);
    if (other !== undefined && other !== side) findings.push(`both sides accepted writes of epoch ${epoch}`);
    sideOf.set(epoch, side);
  }
  return [...new Set(findings)];
}

/** A write must be refused if it was sent after a write of a later epoch was answered. */
function turnedBack(accepted: readonly ProbeLine[]): string[] {
  return accepted.flatMap((later) => {
    const earlier = accepted.find((probe) => probe.epoch < later.epoch && probe.lastCall > later.return);
    return earlier === undefined
      ? []
      : [
          `the ${earlier.side} side accepted a write of epoch ${earlier.epoch} ${ms(earlier.lastCall - later.return)} after the ${later.side} side had accepted one of epoch ${later.epoch}`,
        ];
  });
}

/** One side must have answered its last write before the other side is sent its first one. */
function atOnce(accepted: readonly ProbeLine[]): string[] {
  return accepted.flatMap((one) =>
    accepted
      .filter(
        (other) =>
          other.side === 'new' &&
          one.side === 'old' &&
          // Each side accepted a write before and after a write of the other side.
          one.return < other.lastCall &&
          other.return < one.lastCall,
      )
      .map((other) => `both sides accepted writes in turn, of the epochs ${one.epoch} and ${other.epoch}`),
  );
}

/** From the last write that one side accepted to the first one of the other, in nanoseconds. */
function gapsBetween(accepted: readonly ProbeLine[]): number[] {
  return accepted.flatMap((probe, index) => {
    const earlier = accepted[index - 1];
    return earlier === undefined || earlier.side === probe.side
      ? []
      : [Math.max(0, probe.call - earlier.lastReturn)];
  });
}

function writes(count: number): string {
  return count === 1 ? 'a write' : `${count} writes`;
}

function ms(ns: number): string {
  return `${(ns / 1e6).toFixed(1)} ms`;
}
