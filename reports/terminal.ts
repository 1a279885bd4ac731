/** A result as terminal text. Whether to use colours is decided by the caller (TTY, NO_COLOR), never here. */
import { formatMs, formatTime, printable } from './format.ts';
import type { RunResult } from './model.ts';
import { certificationSummary, clauseLine, violationBlock } from './terminal/clause.ts';
import { loadBlock } from './terminal/load.ts';
import { colorsOf, type TerminalStyle } from './terminal/style.ts';
import { contextOf, headline } from './words.ts';

export { certificationSummary, clauseBlock, clauseLine, violationBlock } from './terminal/clause.ts';
export { judgementBlock, loadBlock } from './terminal/load.ts';
export type { TerminalStyle } from './terminal/style.ts';

/** The whole run: clauses, violations in full, loads, and the verdict last, where the eye is. */
export function renderTerminal(result: RunResult, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const blocks = [
    [
      colors.bold(`lockstep ${printable(result.lockstepVersion)} ${result.command}`),
      colors.dim(`${formatTime(result.startedAt)}, seed ${result.seed}, contract ${result.contractVersion}`),
    ].join('\n'),
    ...result.certifications.flatMap((certification) => [
      [
        colors.bold(`certify ${printable(certification.target.spec)}`),
        ...certification.clauses.map((clause) => clauseLine(clause, style)),
      ].join('\n'),
      ...certification.clauses
        .filter((clause) => clause.status === 'violated')
        .map((clause) => violationBlock(clause, contextOf(certification), style)),
      certificationSummary(certification, style),
    ]),
    ...result.loads.map((load) => loadBlock(result, load, style)),
    verdictBlock(result, style),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The last lines of a run: the verdict in one sentence, how long it took, how to repeat it. */
export function verdictBlock(result: RunResult, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const color = { 0: colors.green, 1: colors.red, 3: colors.yellow }[result.exitStatus];
  const took =
    result.finishedAt === undefined
      ? ''
      : ` in ${formatMs(Date.parse(result.finishedAt) - Date.parse(result.startedAt))}`;
  return [
    color(colors.bold(`${headline(result)}${took}`)),
    `repeat: ${colors.cyan(printable(result.repeat))}`,
  ].join('\n');
}
