import { resolve } from 'node:path';
import { Command } from 'commander';
import { joinShards } from '../../reports/merge.ts';
import { loadRunResult, runFolder } from '../../reports/runFolder.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import type { CommandContext } from '../main.ts';
import { outOption, reporterOption } from '../options.ts';
import { publish, type ReporterName } from '../publish.ts';

interface MergeFlags {
  readonly out?: string;
  readonly reporter?: readonly ReporterName[];
}

export function mergeCommand(context: CommandContext): Command {
  return new Command('merge')
    .description(
      'Join the shards of a certification into one result and certificate, in a run folder of its own.',
    )
    .argument('<dirs...>', 'the run folder of every shard, in any order')
    .addOption(outOption())
    .addOption(reporterOption())
    .addHelpText(
      'after',
      `
Example:
  lockstep certify postgres --seed 7 --shard 1/2 --out part-1
  lockstep certify postgres --seed 7 --shard 2/2 --out part-2
  lockstep merge part-1 part-2 --out whole`,
    )
    .action((dirs: string[], { out, reporter = ['terminal'] }: MergeFlags) => {
      const { cwd, terminal, done } = context;
      // Before the folder is made: --out empties that of an earlier run.
      const result = joinShards(dirs.map((name) => ({ name, run: loadRunResult(resolve(cwd, name)) })));
      if (out !== undefined && dirs.some((dir) => resolve(cwd, dir) === resolve(cwd, out))) {
        throw new LockstepError('USAGE', `--out ${out}: expected a folder of its own, got that of a shard.`);
      }
      const target = result.certifications.map((certification) => certification.target.name).join(' ');
      const dir = runFolder({ cwd, time: new Date(), target, ...(out === undefined ? {} : { out }) });
      publish(context, {
        dir,
        result,
        reporters: reporter,
        closing: renderTerminal(result, terminal.style).trimEnd(),
      });
      done(result.exitStatus);
    });
}
