import { Command } from 'commander';
import type { StartFlags } from '../actions/start.ts';
import type { CommandContext } from '../context.ts';
import { outOption, pgOption, seedOption, jsonOption, reporterOption } from '../options/options.ts';

export function startCommand(context: CommandContext): Command {
  return new Command('start')
    .description(
      'A tour: certify the bundled adapters, load both, catch the one that lives in process memory, and write the report.',
    )
    .addOption(seedOption())
    .addOption(outOption())
    .addOption(reporterOption())
    .addOption(jsonOption())
    .addOption(pgOption())
    .action(async (flags: StartFlags) => {
      const { start } = await import('../actions/start.ts');
      await start(context, flags);
    });
}
