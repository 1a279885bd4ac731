import { join, relative, resolve } from 'node:path';
import { historyStatus, type HistoryReport } from '../../reports/history/model.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import { historyOf } from '../../suites/figures/history.ts';
import type { CommandContext } from '../context.ts';
import { readHistory } from '../history/file.ts';
import { lockstepVersion } from '../paths.ts';
import { commandLine } from '../../reports/commandLine.ts';

/** Broken lines that are told one by one. */
const MOST_TOLD = 5;

/** Reads the history in `dir`, and writes what it comes to beside it. */
export function reportHistory({ terminal, cwd, done }: CommandContext, dir: string): void {
  const folder = resolve(cwd, dir);
  const { entries, broken } = readHistory(folder);
  const report: HistoryReport = {
    schemaVersion: 1,
    kind: 'history',
    lockstepVersion: lockstepVersion(),
    createdAt: new Date().toISOString(),
    repeat: commandLine('report', [], { history: dir }),
    series: historyOf(entries),
    broken,
  };
  for (const { file, line, reason } of broken.slice(0, MOST_TOLD))
    terminal.error(
      `! ${relative(cwd, join(folder, file))}:${line}: ${reason}. It is left out, and kept in its file.`,
    );
  if (broken.length > MOST_TOLD) terminal.error(`! and ${broken.length - MOST_TOLD} more`);
  writeWhole(join(folder, 'history.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  terminal.out(`result: ${relative(cwd, join(folder, 'history.json'))}`);
  done(historyStatus(report));
}
