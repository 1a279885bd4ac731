import { Command } from 'commander';
import type { MergeFlags } from '../actions/merge.ts';
import type { CommandContext } from '../context.ts';
import { outOption, jsonOption, reporterOption } from '../options/options.ts';

export function mergeCommand(context: CommandContext): Command {
  return new Command('merge')
    .description(
      'Join the shards of a certification into one result and one certificate, in a new run folder.',
    )
    .argument('<dirs...>', 'the run folders of all shards, in any order')
    .addOption(outOption())
    .addOption(reporterOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  lockstep certify postgres --seed 7 --shard 1/2 --out part-1
  lockstep certify postgres --seed 7 --shard 2/2 --out part-2
  lockstep merge part-1 part-2 --out whole`,
    )
    .action(async (dirs: string[], flags: MergeFlags) => {
      const { merge } = await import('../actions/merge.ts');
      merge(context, dirs, flags);
    });
}
