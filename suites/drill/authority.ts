/** Whom the sides let write: at every instant one of them alone, and nobody of an epoch that is over. */
import type { ProbeLine } from '../../scenarios/load/service/authorityProbe.ts';
import { SIDES, type Side } from '../../scenarios/load/service/migrating.ts';
import { plural } from '../counts.ts';
import type { AuthorityResult } from './result.ts';

const MOST_FINDINGS = 10;

/** A step that has handed the authority over: from when on, and until when. */
export interface HandedOver {
  readonly taken: number;
  readonly to: number;
}

/** Pure: by the order in which writes were sent and answered, of which epoch they were, and which side took them. */
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
  // Until the move is finished the new side is nobody's who does not know of it.
  for (const probe of probes)
    if (isTooEarly(probe, finished))
      findings.push(
        `the new side accepted ${writes(probe.count)} of nobody who knows of the move, in epoch ${probe.epoch}`,
      );
  for (const { side, epoch, count } of unmarkedWhereAnotherDecides(probes))
    findings.push(
      `the ${side} side accepted ${writes(count)} of nobody who knows of the move, in epoch ${epoch}, in which the other one decides`,
    );
  // Epoch 0: nobody has set one yet, and every side takes everything.
  const accepted = probes
    .filter(({ as, outcome, epoch }) => as === 'deciding' && outcome === 'accepted' && epoch > 0)
    .toSorted((a, b) => a.return - b.return);
  findings.push(...sharedEpochs(accepted), ...turnedBack(accepted), ...atOnce(accepted));
  const gaps = gapsBetween(accepted);
  // Whatever the move says.
  const seen = handedOver.filter((step) => SIDES.every((side) => isAsked(probes, side, step)));
  if (seen.length === handedOver.length && gaps.length < seen.length)
    findings.push(
      `the authority was handed over in ${plural(seen.length, 'step')}, and the storages themselves have changed whom they let write ${plural(gaps.length, 'time')}`,
    );
  return {
    probes: probes.reduce((sum, { count }) => sum + count, 0),
    outdatedTried: outdated.reduce((sum, { count }) => sum + count, 0),
    outdatedAccepted: outdated
      .filter(({ outcome }) => outcome === 'accepted')
      .reduce((sum, { count }) => sum + count, 0),
    handOvers: gaps.length,
    longestGapMs: gaps.length === 0 ? null : Math.max(...gaps) / 1e6,
    findings: findings.slice(0, MOST_FINDINGS),
  };
}

/** Whether the new side has let somebody write who knows of no move, before that was finished. */
function isTooEarly({ as, side, outcome, epoch, lastReturn }: ProbeLine, finished: number): boolean {
  return as === 'unmarked' && side === 'new' && outcome === 'accepted' && epoch > 0 && lastReturn < finished;
}

/** Older versions write on beside a side that does not decide any more. */
function unmarkedWhereAnotherDecides(probes: readonly ProbeLine[]): ProbeLine[] {
  const sideOf = new Map<number, Side>();
  for (const { as, side, outcome, epoch } of probes)
    if (as === 'deciding' && outcome === 'accepted' && epoch > 0) sideOf.set(epoch, side);
  return probes.filter(
    ({ as, side, outcome, epoch }) =>
      as === 'unmarked' && outcome === 'accepted' && sideOf.has(epoch) && sideOf.get(epoch) !== side,
  );
}

/** Whether the side has said, after the step was taken, whom it lets write. */
function isAsked(probes: readonly ProbeLine[], side: Side, { taken, to }: HandedOver): boolean {
  return probes.some(
    (probe) =>
      probe.side === side && probe.outcome !== 'unknown' && probe.lastCall > taken && probe.call < to,
  );
}

/** An epoch is one side's. */
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

/** A write that was sent after one of a later epoch had been answered is refused. */
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

/** Of two sides one has answered its last write before the other one is sent its first. */
function atOnce(accepted: readonly ProbeLine[]): string[] {
  return accepted.flatMap((one) =>
    accepted
      .filter(
        (other) =>
          other.side === 'new' &&
          one.side === 'old' &&
          // Writes of either side before and after one of the other.
          one.return < other.lastCall &&
          other.return < one.lastCall,
      )
      .map((other) => `both sides accepted writes in turns, of the epochs ${one.epoch} and ${other.epoch}`),
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
