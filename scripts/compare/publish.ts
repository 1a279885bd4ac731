/** What a comparison leaves in its folder, and prints. */
import { join, relative } from 'node:path';
import type { CompareReport } from '../../reports/compare/model.ts';
import { COMPARE_FILES } from '../../reports/runFolder.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import type { CommandContext } from '../context.ts';

/** What is known so far. */
export function writeComparison(dir: string, report: CompareReport): void {
  writeWhole(join(dir, COMPARE_FILES.json), `${JSON.stringify(report, undefined, 2)}\n`);
}

/** Returns the exit status. */
export function publishComparison(
  { terminal, cwd }: CommandContext,
  dir: string,
  report: CompareReport,
): CompareReport['exitStatus'] {
  writeComparison(dir, report);
  terminal.out(`result: ${relative(cwd, join(dir, COMPARE_FILES.json))}`);
  return report.exitStatus;
}
