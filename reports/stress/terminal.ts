/** A stress run as terminal text. */
import { formatCount, formatMs, printable } from '../format.ts';
import { colorsOf, hanging, markOf, table, widthOf, type TerminalStyle } from '../terminal/style.ts';
import { cellsOf, type StressReport, type StressRun } from './model.ts';
import { CELL_HEADS, cellTexts, effortText, runName, stressHeadline } from './words.ts';

/** One line; for what is not ok also why, and how to repeat it. */
export function stressRunBlock(run: StressRun, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const figures = `${formatCount(run.operations)} operations, ${run.struck} strikes, ${formatMs(run.durationMs)}`;
  const line = `${markOf(run.verdict, colors)} ${printable(runName(run))}  ${colors.dim(figures)}`;
  if (run.verdict === 'ok') return line;
  return [
    line,
    ...hanging('    ', printable(run.reason), widthOf(style)),
    `    repeat: ${colors.cyan(printable(run.repeat))}`,
  ].join('\n');
}

export function stressSummary(report: StressReport, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const rows = cellsOf(report.runs).map(cellTexts);
  return [
    colors.bold(stressHeadline(report)),
    effortText(report),
    ...(rows.length === 0 ? [] : ['', ...table([CELL_HEADS, ...rows], 2), '', 'Times are medians / maxima.']),
    `repeat: ${report.repeat}`,
  ].join('\n');
}
