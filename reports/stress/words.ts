/** Texts that all renderers of a stress run share. */
import { formatCount, formatMs, plural } from '../words/format.ts';
import type { Spread } from '../../suites/judge/rules/recovery.ts';
import {
  coverage,
  stressStatus,
  warnings,
  type StressCell,
  type StressReport,
  type StressRun,
} from './model.ts';

export function stressHeadline(report: StressReport): string {
  const violated = report.runs.filter(({ verdict }) => verdict === 'violated').length;
  const open = report.runs.filter(({ verdict }) => verdict === 'inconclusive').length;
  switch (stressStatus(report)) {
    case 0: {
      const weak = warnings(report).length;
      return weak === 0
        ? `All of ${plural(report.runs.length, 'load')} held`
        : `${report.runs.length - weak} of ${plural(report.runs.length, 'load')} held; in ${weak} too little could have been broken`;
    }
    case 1:
      return `${violated} of ${plural(report.runs.length, 'load')} broke a rule`;
    case 3:
      if (report.runs.length === 0) return 'No load was run';
      return open > 0
        ? `${open} of ${plural(report.runs.length, 'load')} are inconclusive, and no rule was broken`
        : `Interrupted after ${plural(report.runs.length, 'load')}; all of them held`;
    default:
      throw new TypeError('Unknown status');
  }
}

/** `60 loads, 31,000 operations, 88 strikes, 1 h; 60 of 70 pairs of mix and fault were driven`. */
export function effortText(report: StressReport): string {
  const { runs, durationMs } = report;
  const covered = coverage(report);
  const sum = (of: (run: StressRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return [
    plural(runs.length, 'load'),
    `${formatCount(sum((run) => run.operations))} operations`,
    `${formatCount(sum((run) => run.struck))} strikes`,
    formatMs(durationMs),
  ]
    .join(', ')
    .concat(
      covered === undefined
        ? ''
        : `; ${covered.driven} of ${plural(covered.of, 'pair')} of mix and fault ${covered.driven === 1 ? 'was' : 'were'} run`,
    );
}

export const CELL_HEADS = [
  'fault',
  'target',
  'loads',
  'ok',
  'violated',
  'inconclusive',
  'struck',
  'operations',
  'acknowledged',
  'lost',
  'doubled',
  'usable for others',
  'for the struck one',
] as const;

export function cellTexts(cell: StressCell): string[] {
  return [
    cell.fault ?? 'none',
    cell.target,
    String(cell.runs),
    String(cell.verdicts.ok),
    String(cell.verdicts.violated),
    String(cell.verdicts.inconclusive),
    formatCount(cell.struck),
    formatCount(cell.operations),
    formatCount(cell.acknowledged),
    cell.lost === null ? '?' : formatCount(cell.lost),
    formatCount(cell.doubled),
    spreadText(cell.others),
    spreadText(cell.self),
  ];
}

/** The median and the maximum. */
function spreadText(spread: Spread | undefined): string {
  if (spread === undefined) return '–';
  const text = (ms: number | null): string => (ms === null ? 'never' : formatMs(ms));
  return `${text(spread.medianMs)} / ${text(spread.maxMs)}`;
}

/** `hot-stream under kill-holder on postgres, seed 7`. */
export function runName({ target, mix, fault, seed, isRegression }: StressRun): string {
  const again = isRegression ? ', which failed before' : '';
  return `${mix}${fault === null ? '' : ` under ${fault}`} on ${target}, seed ${seed}${again}`;
}
