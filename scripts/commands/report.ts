import { Command, Option } from 'commander';
import { RENDERER_NAMES } from '../../reports/renderers/list.ts';
import type { ReportFlags } from '../actions/report.ts';
import type { CommandContext } from '../context.ts';
import { jsonOption, named, reporterOption } from '../options/options.ts';

export function reportCommand(context: CommandContext): Command {
  return new Command('report')
    .description('Render a recorded result of any command again, and print it.')
    .argument('[dir]', 'a folder that lockstep wrote, or a result file in it')
    .addOption(new Option('--format <name>', 'write only this format').choices(RENDERER_NAMES))
    .option('--history <dir>', 'show the figures of recorded runs over time, and where they changed', named)
    .addOption(reporterOption())
    .addOption(jsonOption())
    .option('--open', 'open the HTML report in the default browser')
    .addHelpText(
      'after',
      '\nExample:\n  lockstep report reports/runs/2026-01-31-081500-postgres --format html --open\n  lockstep report --history history',
    )
    .action(
      async (
        path: string | undefined,
        flags: ReportFlags & { readonly history?: string },
        command: Command,
      ) => {
        if (flags.history !== undefined && path === undefined) {
          const { reportHistory } = await import('../actions/history.ts');
          return reportHistory(context, flags.history, flags);
        }
        if (path === undefined || flags.history !== undefined)
          command.error('error: expected either a run folder, or --history with the folder of a history');
        const { report } = await import('../actions/report.ts');
        return report(context, path, flags);
      },
    );
}
