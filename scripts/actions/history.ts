import { join, relative, resolve } from 'node:path';
import { drawDocument } from '../../reports/document/terminal/draw.ts';
import { commandLine } from '../../reports/words/commandLine.ts';
import type { HistoryReport } from '../../reports/history/model.ts';
import { recordedHistory } from '../../reports/history/recorded.ts';
import { reopenRunFolder } from '../../reports/folder/runFolder.ts';
import { HISTORY_VERSION, historyOf } from '../../suites/figures/history.ts';
import type { CommandContext } from '../context.ts';
import { readHistory } from '../history/file.ts';
import { lockstepVersion } from '../paths.ts';
import { publish } from '../session/publish.ts';
import { openInBrowser, type ReportFlags } from './report.ts';

/** The most broken lines to report individually. */
const MAX_TOLD = 5;

/** Reads the history in `dir`, and writes its report next to it. */
export function reportHistory(context: CommandContext, dir: string, flags: ReportFlags): void {
  const { terminal, cwd, done } = context;
  const folder = resolve(cwd, dir);
  const { entries, broken } = readHistory(folder);
  using _folder = reopenRunFolder(folder);
  const report: HistoryReport = {
    schemaVersion: HISTORY_VERSION,
    kind: 'history',
    lockstepVersion: lockstepVersion(),
    createdAt: new Date().toISOString(),
    repeat: commandLine('report', [], { history: dir }),
    series: historyOf(entries),
    broken,
  };
  for (const { file, line, reason } of broken.slice(0, MAX_TOLD))
    terminal.error(
      `! ${relative(cwd, join(folder, file))}:${line}: ${reason}. It is left out, and kept in its file.`,
    );
  if (broken.length > MAX_TOLD) terminal.error(`! and ${broken.length - MAX_TOLD} more`);
  const recorded = recordedHistory(report);
  const closing = drawDocument(recorded.document, terminal.style).trimEnd();
  const { format, open, reporter: reporters = ['terminal'] } = flags;
  publish(context, { dir: folder, recorded, reporters, closing, format });
  if (open === true) openInBrowser(join(folder, `${recorded.files.stem}.html`), terminal);
  done(recorded.exitStatus);
}
