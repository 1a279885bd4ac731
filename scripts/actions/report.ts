import { spawn } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { RENDERERS } from '../../reports/index.ts';
import { folderOfResult, loadRunResult, reopenRunFolder } from '../../reports/runFolder.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import type { CommandContext } from '../context.ts';
import type { Terminal } from '../terminal.ts';

export interface ReportFlags {
  readonly format?: string;
  readonly open?: true;
}

export function report({ terminal, cwd, done }: CommandContext, path: string, flags: ReportFlags): void {
  const result = loadRunResult(resolve(cwd, path));
  const dir = folderOfResult(resolve(cwd, path));
  using _folder = reopenRunFolder(dir);
  for (const renderer of RENDERERS) {
    if (flags.format !== undefined && renderer.name !== flags.format) continue;
    writeWhole(join(dir, renderer.file), renderer.render(result));
    terminal.error(`wrote ${relative(cwd, join(dir, renderer.file))}`);
  }
  terminal.out(renderTerminal(result, terminal.style));
  if (flags.open === true) openInBrowser(join(dir, 'report.html'), terminal);
  done(result.exitStatus);
}

function openInBrowser(file: string, terminal: Terminal): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [file], { detached: true, stdio: 'ignore' })
    .on('error', () => terminal.error(`Could not run ${opener}; open ${file} yourself.`))
    .unref();
}
