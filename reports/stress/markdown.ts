/** A stress run as Markdown, for the summary of a workflow. */
import { formatMs } from '../format.ts';
import { cellsOf, type StressReport } from './model.ts';
import { CELL_HEADS, cellTexts, effortText, runName, stressHeadline } from './words.ts';

export function renderStressMarkdown(report: StressReport): string {
  const open = report.runs.filter(({ verdict }) => verdict !== 'ok');
  return [
    '# Stress',
    '',
    `**${stressHeadline(report)}**; ${effortText(report)}.`,
    '',
    `lockstep ${report.lockstepVersion}, ${report.startedAt}, ${formatMs(report.durationMs)}. Repeat: \`${report.repeat}\``,
    '',
    row(CELL_HEADS),
    row(CELL_HEADS.map(() => '---')),
    ...cellsOf(report.runs).map((cell) => row(cellTexts(cell))),
    '',
    'Times until a stream was usable again are medians / maxima.',
    '',
    ...open.flatMap((run) => [
      `- **${run.verdict}**: ${runName(run)}. ${run.reason} Repeat: \`${run.repeat}\``,
    ]),
    '',
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
