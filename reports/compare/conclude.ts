/** Draws the conclusions from the rounds of a comparison. Pure. */
import { defined } from '../../adapters/contract/defined.ts';
import { refusalsOf, type NamedConditions, type Refusal } from '../../suites/figures/comparable.ts';
import { figuresOf } from '../../suites/figures/metrics.ts';
import { compareSides, type FiguresOfRun, type MetricComparison } from '../../suites/figures/rounds.ts';
import type { Threshold, ThresholdOutcome } from '../../suites/figures/thresholds.ts';
import { applyToSide } from '../../suites/figures/thresholdsOfRounds.ts';
import type { CompareReport, CompareRound, Comparison } from './model.ts';
import type { LoopSummary } from '../../scenarios/load/measuring/measuringFigures.ts';
import type { LoadResult, RunEnvironment } from '../model.ts';

/** The metric that decides the exit status if neither a gate nor a threshold is given. */
export const HEADLINE = 'effects/s';

/** The recorded part of a comparison, before the conclusions. */
export type CompareRecord = Omit<CompareReport, 'comparisons' | 'refused' | 'thresholds' | 'exitStatus'>;

export interface Conditioned {
  readonly contractVersion: number;
  readonly environment: RunEnvironment;
}

/**
 * @param conditionsOf The conditions of each side's recorded runs. Absent: this command made all runs, in alternation.
 */
export function conclude(
  record: CompareRecord,
  thresholds: readonly Threshold[],
  conditionsOf: (side: number) => Conditioned = (side) => ({
    environment: record.environment,
    contractVersion: record.sides[side]?.contractVersion ?? record.contractVersion,
  }),
): CompareReport {
  const refused = refusals(record, conditionsOf);
  const whole = record.rounds.filter((round) => isWhole(round, record));
  const isRefused = refused.length > 0 || whole.length === 0;
  const compared = isRefused ? [] : comparisonsOf(record, whole, thresholds);
  const outcomes = isRefused
    ? thresholds.map((threshold) => unapplied(threshold, record))
    : applied(record, whole, compared, thresholds);
  const report = { ...record, comparisons: compared, refused, thresholds: outcomes };
  return { ...report, exitStatus: statusOf(report) };
}

/** Why the runs of a comparison cannot be compared, as far as is known so far. */
export function refusals(
  { rounds, sides, pairing }: Pick<CompareRecord, 'rounds' | 'sides' | 'pairing'>,
  conditionsOf: (side: number) => Conditioned,
): Refusal[] {
  const runs = rounds.flatMap((round) =>
    round.runs.map(({ side, load }): NamedConditions => {
      const name = sides[side]?.name ?? String(side);
      return {
        name: pairing === 'paired' ? `${name} in round ${round.number}` : name,
        side: name,
        conditions: {
          verdict: load.judgement.verdict,
          reason: load.judgement.reason,
          settings: settingsOf(load, conditionsOf(side)),
          storage: load.target.storage,
        },
      };
    }),
  );
  // The base comes first, whichever side ran first.
  const base = sides[0]?.name;
  return refusalsOf([
    ...runs.filter(({ side }) => side === base),
    ...runs.filter(({ side }) => side !== base),
  ]);
}

function settingsOf(
  load: LoadResult,
  { contractVersion, environment }: Conditioned,
): Record<string, string | number> {
  return {
    'the mix': load.mix,
    'the workload': load.workload,
    'the number of service processes': load.services,
    'the number of drivers': load.drivers,
    'the number of connections': load.connections,
    ...(load.loop === undefined ? {} : { 'the loop': loopText(load.loop) }),
    ...(load.loop === undefined ? {} : { 'the warm-up in ms': Math.round(load.warmupMs ?? 0) }),
    'the contract version': contractVersion,
    'the processor': environment.cpu,
    'the number of cores': environment.cores,
    'the memory of the machine': environment.memoryBytes,
    'the operating system': environment.os,
    'the version of Node.js': environment.node,
  };
}

function loopText(loop: LoopSummary): string {
  return loop.kind === 'open' ? `open, ${loop.ratePerSecond} per second` : loop.kind;
}

function isWhole({ runs }: CompareRound, { sides }: Pick<CompareRecord, 'sides'>): boolean {
  return sides.every((_, side) => runs.some((run) => run.side === side));
}

function comparisonsOf(
  { sides, gate, pairing }: CompareRecord,
  rounds: readonly CompareRound[],
  thresholds: readonly Threshold[],
): Comparison[] {
  const figures = rounds.map((round) => figuresOfRound(round, sides));
  const also = thresholds.filter(({ isRatio }) => isRatio).map(({ metric }) => metric);
  return sides.slice(1).map((_, index) => ({
    side: index + 1,
    metrics: compareSides(figures, index + 1, { gate, also }).map((metric) =>
      pairing === 'paired' ? metric : withoutVerdict(metric),
    ),
  }));
}

/** More runs of this kind would not lead to a verdict either. */
function withoutVerdict({ roundsToDecide: _none, ...metric }: MetricComparison): MetricComparison {
  return {
    ...metric,
    verdict: 'inconclusive',
    reason: 'recorded runs did not alternate, so they get no verdict: compare the targets themselves',
  };
}

function figuresOfRound({ runs }: CompareRound, sides: CompareRecord['sides']): FiguresOfRun[] {
  return runs.map(({ side, isAgain, load }) => {
    const counts = sides[side]?.counts;
    return { side, isAgain, figures: figuresOf({ ...load, ...defined({ counts }) }) };
  });
}

/** Applies the threshold to every side except the base, whose figures define it. */
function applied(
  { sides }: CompareRecord,
  rounds: readonly CompareRound[],
  comparisons: readonly Comparison[],
  thresholds: readonly Threshold[],
): ThresholdOutcome[] {
  const figures = rounds.map((round) => figuresOfRound(round, sides));
  return thresholds.flatMap((threshold) =>
    comparisons.map(({ side, metrics }) =>
      applyToSide(threshold, sides[side]?.name ?? '', { rounds: figures, side, metrics }),
    ),
  );
}

function unapplied(threshold: Threshold, { sides }: CompareRecord): ThresholdOutcome {
  const of = sides
    .slice(1)
    .map(({ name }) => name)
    .join(', ');
  return { ...threshold, of, outcome: 'undecided', reason: 'the runs could not be compared' };
}

function statusOf(report: Omit<CompareReport, 'exitStatus'>): CompareReport['exitStatus'] {
  const { rounds, refused, partial, thresholds, comparisons, gate = HEADLINE } = report;
  const loads = rounds.flatMap(({ runs }) => runs.map(({ load }) => load));
  if (loads.some(({ judgement }) => judgement.verdict === 'violated')) return 1;
  if (refused.length > 0 || comparisons.length === 0) return 3;
  if (thresholds.some(({ outcome }) => outcome === 'missed')) return 4;
  if (partial || thresholds.some(({ outcome }) => outcome === 'undecided')) return 3;
  if (thresholds.length > 0) return 0;
  const deciding = comparisons.map(({ metrics }) => metrics.find(({ name }) => name === gate));
  return deciding.some((metric) => metric === undefined || metric.verdict === 'inconclusive') ? 3 : 0;
}
