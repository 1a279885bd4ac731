import { Command, Option } from 'commander';
import { RENDERER_NAMES } from '../../reports/formats.ts';
import type { ReportFlags } from '../actions/report.ts';
import type { CommandContext } from '../context.ts';

export function reportCommand(context: CommandContext): Command {
  return new Command('report')
    .description('Render a recorded run again, and print it.')
    .argument('<dir>', 'a run folder')
    .addOption(new Option('--format <name>', 'write only this one').choices(RENDERER_NAMES))
    .option('--open', 'open the HTML report in the default browser')
    .addHelpText(
      'after',
      '\nExample:\n  lockstep report reports/runs/2026-01-31-081500-postgres --format html --open',
    )
    .action(async (path: string, flags: ReportFlags) => {
      const { report } = await import('../actions/report.ts');
      report(context, path, flags);
    });
}
