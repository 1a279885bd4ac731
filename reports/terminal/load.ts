/** Loads and their judgement as text. */
import type { Finding, Judgement, RuleResult } from '../../suites/result.ts';
import { formatCount, formatMs, formatShare, formatUs, plural, printable } from '../format.ts';
import type { Power } from '../../scenarios/evidence.ts';
import { measuringLines } from '../measuringWords.ts';
import type { LoadResult, Percentiles, RunResult } from '../model.ts';
import {
  meansControlFailure,
  POWER_NAMES,
  POWER_TEXTS,
  recoveryText,
  repeatLoad,
  tallyText,
  versionText,
} from '../words.ts';
import { renderFailure } from './lanes.ts';
import {
  colorsOf,
  hanging,
  markOf,
  padEnd,
  padStart,
  statusColor,
  table,
  widthOf,
  type TerminalStyle,
} from './style.ts';

const RULE_WIDTH = 15;

/** What was driven, what came out, how fast, and the judgement. */
export function loadBlock(run: RunResult, load: LoadResult, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const width = widthOf(style);
  const { target } = load;
  const shape = `${printable(load.workload)} workload, ${plural(load.services, 'service')}, ${plural(load.drivers, 'driver')}, ${plural(load.connections, 'connection')}`;
  return [
    `${markOf(load.judgement.verdict, colors)} ${colors.bold(printable(target.spec))}${colors.dim(versionText(target))} under ${colors.bold(printable(load.mix))}`,
    colors.dim(`  ${shape}`),
    `  ${formatCount(load.effectsPerSecond)} effects/s, ${formatCount(load.effects)} in ${formatMs(load.durationMs)}; judged in ${formatMs(load.judgeMs)}`,
    `  outcomes: ${countsText(load.outcomes, load.operations)}`,
    ...measuringLines(load).flatMap((line) => hanging('  ', line, width)),
    ...countLines('  kinds:    ', load.kinds, width, load.operations),
    ...countLines('  codes:    ', load.codes, width),
    '',
    ...latencyTable(load).map((line, index) => `  ${index === 0 ? colors.dim(line) : line}`),
    ...(load.judgement.faults === undefined ? [] : ['']),
    ...faultTable(load).map((line, index) => `  ${index === 0 ? colors.dim(line) : line}`),
    '',
    `  effects: ${tallyText(load.judgement.tally)}`,
    ...(load.judgement.verdict === 'violated'
      ? [colors.yellow('  not comparable: the run broke a rule, and fast and wrong is wrong')]
      : []),
    '',
    judgementBlock(load.judgement, style),
    ...controlLines(load, style),
    ...(load.judgement.verdict === 'violated'
      ? [`  repeat: ${colors.cyan(printable(repeatLoad(run, load)))}`]
      : []),
  ].join('\n');
}

function controlLines(load: LoadResult, style: TerminalStyle): string[] {
  if (!load.negativeControl) return [];
  const colors = colorsOf(style);
  return meansControlFailure(load)
    ? [colors.red('  negative control: NOT caught; what this run calls ok is worth nothing')]
    : [colors.green('  negative control: caught, as it must be')];
}

function countLines(head: string, counts: Counts, width: number, whole?: number): string[] {
  return Object.keys(counts).length === 0 ? [] : hanging(head, countsText(counts, whole), width);
}

type Counts = Readonly<Record<string, number>>;

function countsText(counts: Counts, whole?: number): string {
  return Object.entries(counts)
    .map(([name, count]) => {
      const share = whole === undefined || count === 0 ? '' : ` (${formatShare(count, whole)})`;
      return `${printable(name)} ${formatCount(count)}${share}`;
    })
    .join(' · ');
}

function faultTable({ judgement: { faults = [] } }: LoadResult): string[] {
  if (faults.length === 0) return [];
  const rows = faults.map(({ fault, planned, struck, others, self }) => [
    fault,
    `${struck} of ${planned}`,
    recoveryText(others),
    recoveryText(self),
  ]);
  return table([['fault', 'struck', 'usable for others', 'for the struck service'], ...rows], 4);
}

function latencyTable(load: LoadResult): string[] {
  const row = (name: string, p: Percentiles): string[] => [
    printable(name),
    formatCount(p.count),
    ...[p.p50, p.p90, p.p99, p.p999, p.max].map(formatUs),
  ];
  return table(
    [
      ['latency', 'count', 'p50', 'p90', 'p99', 'p99.9', 'max'],
      ...load.latency.flatMap(({ name, percentiles, corrected }) => [
        row(name, percentiles),
        ...(corrected === undefined ? [] : [row(`${name}, corrected`, corrected)]),
      ]),
      ...(load.locks.wait.count > 0 ? [row('lock wait', load.locks.wait)] : []),
      ...(load.locks.hold.count > 0 ? [row('lock hold', load.locks.hold)] : []),
    ],
    1,
  );
}

/** The rules with what was checked, their findings, and the power with printed minimums. */
export function judgementBlock(judgement: Judgement, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const width = widthOf(style);
  return [
    ...hanging(
      `  ${padEnd('verdict', RULE_WIDTH)}  `,
      `${judgement.verdict}: ${printable(judgement.reason)}`,
      width,
    ).map((line) => statusColor(judgement.verdict, colors)(line)),
    ...judgement.rules.flatMap((rule) => renderRule(rule, style)),
    ...POWER_NAMES.filter((name) => judgement.power[name] > 0 || judgement.minimums[name] > 0).flatMap(
      (name) => renderPower(name, judgement, style),
    ),
  ].join('\n');
}

function renderPower(name: keyof Power, judgement: Judgement, style: TerminalStyle): string[] {
  const reached = judgement.power[name];
  const minimum = judgement.minimums[name];
  const mark = minimum === 0 ? ' ' : markOf(reached >= minimum ? 'ok' : 'inconclusive', colorsOf(style));
  const least = minimum === 0 ? '' : ` (minimum ${formatCount(minimum)})`;
  const head = `${padEnd('power', RULE_WIDTH - 10)}${padStart(formatCount(reached), 10)}  `;
  const lines = hanging(head, POWER_TEXTS[name] + least, widthOf(style) - 4);
  return lines.map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`);
}

function renderRule(rule: RuleResult, style: TerminalStyle): string[] {
  const colors = colorsOf(style);
  const width = widthOf(style);
  const tail = rule.violations > 0 ? `${plural(rule.violations, 'violation')}: ` : '';
  const head = `  ${padEnd(rule.rule, RULE_WIDTH)}  `;
  const [opening = '', ...rest] = hanging(head, tail + printable(rule.detail), width - 2);
  const mark = markOf(rule.verdict, colors);
  const lines = [`  ${mark} ${opening.slice(2)}`, ...rest.map((line) => `  ${line}`)];
  const first = rule.findings[0];
  return first === undefined ? lines : [...lines, ...renderFinding(first, style)];
}

/** One finding: what happened, and who was there. The others look alike; the HTML report has more of them. */
function renderFinding(finding: Finding, style: TerminalStyle): string[] {
  const colors = colorsOf(style);
  const width = widthOf(style);
  return [
    ...hanging('      ', printable(finding.summary), width).map((line) => colors.red(line)),
    ...renderFailure(finding.lanes, style, width - 8).map((line) => `        ${line}`),
  ];
}
