import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { RENDERERS } from '../../reports/index.ts';
import { loadRunResult } from '../../reports/runFolder.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import type { CommandContext } from '../main.ts';

interface ReportFlags {
  readonly format?: string;
  readonly open?: true;
}

export function reportCommand({ terminal, cwd, done }: CommandContext): Command {
  return new Command('report')
    .description('Render a recorded run again, and print it.')
    .argument('<dir>', 'a run folder')
    .addOption(
      new Option('--format <name>', 'write only this one').choices(
        RENDERERS.map((renderer) => renderer.name),
      ),
    )
    .option('--open', 'open the HTML report in the default browser')
    .addHelpText(
      'after',
      '\nExample:\n  lockstep report reports/runs/2026-01-31-081500-postgres --format html --open',
    )
    .action((path: string, flags: ReportFlags) => {
      const dir = resolve(cwd, path);
      const result = loadRunResult(dir);
      for (const renderer of RENDERERS) {
        if (flags.format !== undefined && renderer.name !== flags.format) continue;
        writeFileSync(join(dir, renderer.file), renderer.render(result));
        terminal.error(`wrote ${relative(cwd, join(dir, renderer.file))}`);
      }
      terminal.out(renderTerminal(result, terminal.style));
      if (flags.open === true) openInBrowser(join(dir, 'report.html'));
      done(result.exitStatus);
    });
}

function openInBrowser(file: string): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [file], { detached: true, stdio: 'ignore' })
    .on('error', () => process.stderr.write(`Could not run ${opener}; open ${file} yourself.\n`))
    .unref();
}
