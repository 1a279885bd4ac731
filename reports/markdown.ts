/** A run as Markdown, for a pull request or the summary of a workflow: the verdict, what broke, then the figures. */
import { caseGroups, type Case } from './cases.ts';
import { formatCount, formatMs, formatUs, plural, printable } from './format.ts';
import type { LoadResult, RunResult } from './model.ts';
import { sharedText, sharedViolations } from './shared.ts';
import { levelText } from './terminal/clause.ts';
import { countedVerdict, countStatuses, headline, STATUS_MARKS, versionText } from './words.ts';

/** Failures that are shown in full: a summary of a workflow step may hold 1 MiB. */
const MAX_DETAILS = 20;

export function renderMarkdown(run: RunResult): string {
  const mark = { 0: '✅', 1: '❌', 3: '⚠️' }[run.exitStatus];
  const blocks = [
    `## ${mark} lockstep ${run.command}: ${escaped(headline(run))}`,
    ...certificationTable(run),
    ...loadTable(run.loads),
    ...inCommon(run),
    ...failures(run),
    ...undecided(run),
    `Repeat: ${code(run.repeat)}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function certificationTable({ certifications }: RunResult): string[] {
  if (certifications.length === 0) return [];
  const rows = certifications.map((certification) => {
    const { target, clauses, durationMs } = certification;
    const counts = countStatuses(clauses).map(([status, count]) => `${count} ${status}`);
    return [
      `${STATUS_MARKS[countedVerdict(certification)]} ${escaped(target.spec + versionText(target))}`,
      escaped(levelText(certification)),
      counts.join(', '),
      formatMs(durationMs),
    ];
  });
  return [table(['target', 'certified', 'clauses', 'time'], rows)];
}

function loadTable(loads: readonly LoadResult[]): string[] {
  if (loads.length === 0) return [];
  const rows = loads.map((load) => {
    const { verdict } = load.judgement;
    const percentiles = load.latency[0]?.percentiles;
    const note = load.negativeControl ? ' (negative control)' : '';
    return [
      `${STATUS_MARKS[verdict]} ${escaped(load.target.spec + versionText(load.target))}`,
      escaped(load.mix),
      plural(load.services, 'process', 'processes'),
      // Fast and wrong is wrong.
      `${formatCount(load.effectsPerSecond)}/s${verdict === 'violated' ? ', not comparable' : ''}`,
      percentiles === undefined ? '–' : `${formatUs(percentiles.p50)} / ${formatUs(percentiles.p99)}`,
      `${verdict}${note}`,
    ];
  });
  return [table(['target', 'mix', 'services', 'effects', 'p50 / p99', 'verdict'], rows)];
}

/** Which violations are one. */
function inCommon({ certifications }: RunResult): string[] {
  const shared = certifications.flatMap(({ clauses }) => sharedViolations(clauses));
  return shared.length === 0 ? [] : [shared.map((one) => `- ${escaped(sharedText(one))}`).join('\n')];
}

function failures(run: RunResult): string[] {
  const failed = cases(run, (one) => one.outcome === 'failed' || one.type === 'known-failure');
  const shown = failed.slice(0, MAX_DETAILS).map(({ group, one }) => {
    const head = `<summary><b>${escaped(one.id)}</b> ${escaped(one.type)} (${escaped(group)}): ${escaped(one.message)}</summary>`;
    return one.detail === undefined
      ? `- **${escaped(one.id)}** ${escaped(one.type)} (${escaped(group)}): ${escaped(one.message)}`
      : `<details>${head}\n\n${fenced(one.detail)}\n\n</details>`;
  });
  const rest = failed.length - shown.length;
  return [...shown, ...(rest > 0 ? [`And ${rest} more; the report has them all.`] : [])];
}

function undecided(run: RunResult): string[] {
  const open = cases(run, (one) => one.outcome === 'error');
  if (open.length === 0) return [];
  const rows = open.map(({ group, one }) => [
    escaped(one.id),
    escaped(group),
    one.type,
    escaped(one.message),
  ]);
  return ['Not decided:', table(['what', 'where', 'status', 'why'], rows)];
}

function cases(run: RunResult, wanted: (one: Case) => boolean): { group: string; one: Case }[] {
  return caseGroups(run).flatMap(({ name, cases }) =>
    cases.filter(wanted).map((one) => ({ group: name, one })),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text of an adapter, as text: no markup, on one line. Entities also hold inside HTML. */
function escaped(value: string): string {
  return printable(value, true)
    .replace(/\s+/g, ' ')
    .replace(/[&<>"'`|*_~[\]\\#@]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function code(value: string): string {
  const ticks = '`'.repeat(longestRun(value) + 1);
  // Keeps backticks at the ends apart.
  const gap = ticks === '`' ? '' : ' ';
  return `${ticks}${gap}${printable(value)}${gap}${ticks}`;
}

function fenced(value: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(value) + 1));
  return `${fence}text\n${printable(value, true)}\n${fence}`;
}

/** Of backticks. */
function longestRun(value: string): number {
  return Math.max(0, ...(value.match(/`+/g) ?? []).map((run) => run.length));
}
