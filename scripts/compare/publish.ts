/** Writes and prints the results of a comparison. */
import { compareVerdict } from '../../reports/compare/document.ts';
import type { CompareReport } from '../../reports/compare/model.ts';
import { recordedComparison } from '../../reports/compare/recorded.ts';
import { compareSummary } from '../../reports/compare/summary.ts';
import { drawBlocks, drawVerdict } from '../../reports/document/terminal/draw.ts';
import type { CommandContext } from '../context.ts';
import { publish, writeReports } from '../session/publish.ts';
import type { ReporterName } from '../session/reporters.ts';

/** Writes what is known so far. */
export function writeComparison(dir: string, report: CompareReport): void {
  writeReports(dir, recordedComparison(report), 'json');
}

/** Returns the exit status. */
export function publishComparison(
  context: CommandContext,
  dir: string,
  report: CompareReport,
  reporters: readonly ReporterName[] = ['terminal'],
): CompareReport['exitStatus'] {
  const { style } = context.terminal;
  const closing = `\n${drawBlocks(compareSummary(report), style)}\n\n${drawVerdict(compareVerdict(report), style)}`;
  publish(context, { dir, recorded: recordedComparison(report), reporters, closing });
  return report.exitStatus;
}
