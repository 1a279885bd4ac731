/** The beginning of a comparison's report: each side in short, and the outcomes of the thresholds. */
import type { MetricComparison } from '../../suites/figures/rounds.ts';
import type { ClauseStatus } from '../../suites/result.ts';
import type { Block, VerdictBlock } from '../document/model.ts';
import { formatCommit, plural } from '../words/format.ts';
import type { CompareReport, CompareSide } from './model.ts';
import { figureText, intervalText, ratioText } from '../words/figureTexts.ts';
import { thresholdTable } from '../thresholds.ts';
import { decidingMetric } from './words.ts';

/** Each side in short, and the outcomes of the thresholds. */
export function compareSummary(report: CompareReport): Block[] {
  const { sides, thresholds } = report;
  return [
    ...sides.map((_, side) => sideVerdict(report, side)),
    ...(thresholds.length === 0 ? [] : [thresholdTable(thresholds)]),
  ];
}

/** How each verdict is drawn. The reader must not overlook `slower`, although nothing is violated. */
export const VERDICT_STATUS: Readonly<Record<MetricComparison['verdict'], ClauseStatus>> = {
  faster: 'ok',
  equivalent: 'ok',
  slower: 'violated',
  inconclusive: 'inconclusive',
};

function sideVerdict(report: CompareReport, side: number): VerdictBlock {
  const { sides, rounds, refused, comparisons } = report;
  const own = sides[side] as CompareSide;
  const correct = correctness(report, side);
  const metric = decidingMetric(report, side);
  const isBase = side === 0;
  const any = comparisons[0]?.metrics.find(({ name }) => name === metric?.name) ?? comparisons[0]?.metrics[0];
  const held = rounds.length === 0 ? 'no round' : correct.text;
  const quiet = { kind: 'prose', tone: 'quiet', text: held } as const;
  const head = {
    kind: 'verdict',
    name: own.name,
    ...(own.commit === undefined ? {} : { detail: ` ${formatCommit(own.commit)}` }),
    about: isBase ? 'the base' : `beside ${sides[0]?.name ?? ''}`,
  } as const;
  if (refused.length > 0 || (!isBase && metric === undefined))
    return { ...head, status: uncompared(correct.status), says: 'not compared', more: [quiet] };
  if (isBase || metric === undefined) {
    const says = any === undefined ? '' : `${any.text}: ${figureText(any.base, any.unit)}`;
    return { ...head, status: correct.status, says, more: [quiet] };
  }
  const interval = `95 % interval ${intervalText(metric.ratio.interval)}, ${metric.reason}${moreRounds(metric)}`;
  return {
    ...head,
    status: VERDICT_STATUS[metric.verdict],
    says: `${metric.verdict}: ${metric.name} ratio ${ratioText(metric.ratio.ratio)}`,
    more: [{ kind: 'prose', text: interval }, quiet],
  };
}

/** Runs that held are no green of a comparison that was not made. */
function uncompared(status: ClauseStatus): ClauseStatus {
  return status === 'ok' ? 'inconclusive' : status;
}

function moreRounds({ roundsToDecide }: MetricComparison): string {
  if (roundsToDecide === undefined) return '';
  return roundsToDecide === null
    ? '; no practical number of rounds would decide'
    : `; about ${plural(roundsToDecide, 'round')} would decide`;
}

/** Says that the runs behind these figures were correct. */
function correctness(
  { rounds }: CompareReport,
  side: number,
): { readonly status: ClauseStatus; readonly text: string } {
  const loads = rounds.flatMap(({ runs }) => runs.filter((run) => run.side === side)).map(({ load }) => load);
  const worst = (['violated', 'inconclusive'] as const).find((verdict) =>
    loads.some(({ judgement }) => judgement.verdict === verdict),
  );
  const held = loads.filter(({ judgement }) => judgement.verdict === 'ok').length;
  return {
    status: worst ?? 'ok',
    text: `every rule held in ${held} of ${plural(loads.length, 'run')}`,
  };
}
