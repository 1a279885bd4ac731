import { Command } from 'commander';
import type { JudgeFlags } from '../actions/judge.ts';
import type { CommandContext } from '../context.ts';
import { outOption, jsonOption, reporterOption } from '../options/options.ts';

export function judgeCommand(context: CommandContext): Command {
  return new Command('judge')
    .description('Judge recorded evidence again.')
    .argument('<dir>', 'a run folder, or one folder of evidence in it')
    .addOption(outOption())
    .addOption(reporterOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  lockstep judge reports/runs/2026-01-31-081500-postgres')
    .action(async (dir: string, flags: JudgeFlags) => {
      const { judge } = await import('../actions/judge.ts');
      await judge(context, dir, flags);
    });
}
