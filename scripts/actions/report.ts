import { spawn } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { drawDocument } from '../../reports/document/terminal/draw.ts';
import { loadRecorded } from '../../reports/load.ts';
import { folderOfResult, reopenRunFolder } from '../../reports/folder/runFolder.ts';
import type { CommandContext } from '../context.ts';
import { announce, writeReports } from '../session/publish.ts';
import type { ReporterName } from '../session/reporters.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ReportFlags {
  readonly format?: string;
  readonly open?: true;
  readonly reporter?: readonly ReporterName[];
}

export function report(context: CommandContext, path: string, flags: ReportFlags): void {
  const { terminal, cwd, done } = context;
  const { format, open, reporter: reporters = ['terminal'] } = flags;
  const recorded = loadRecorded(resolve(cwd, path));
  const dir = folderOfResult(resolve(cwd, path));
  using _folder = reopenRunFolder(dir);
  for (const name of writeReports(dir, recorded, format))
    terminal.error(`wrote ${relative(cwd, join(dir, name))}`);
  const closing = drawDocument(recorded.document, terminal.style).trimEnd();
  announce(context, { dir, recorded, reporters, closing });
  if (open === true) openInBrowser(join(dir, `${recorded.files.stem}.html`), terminal);
  done(recorded.exitStatus);
}

export function openInBrowser(file: string, terminal: Terminal): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [file], { detached: true, stdio: 'ignore' })
    .on('error', () => terminal.error(`Could not run ${opener}; open ${file} yourself.`))
    .unref();
}
