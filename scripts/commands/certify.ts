import { Command } from 'commander';
import type { CertifyFlags } from '../actions/certify.ts';
import type { CommandContext } from '../context.ts';
import {
  allowFaultsOption,
  baselineOption,
  budgetOption,
  clauseList,
  jsonOption,
  levelOption,
  outOption,
  pathOption,
  pgOption,
  processesOption,
  proofOption,
  reporterOption,
  seedOption,
  shardOption,
  targetsArgument,
  timeoutOption,
  updateBaselineOption,
  wholeNumber,
} from '../options/options.ts';

const EXAMPLES = `
Examples:
  lockstep certify memory
  lockstep certify postgres --processes 3
  lockstep certify ./my-adapter.ts --only LOCK,CUR-03
  lockstep certify ./my-adapter.ts --only LOCK-01 --seed 814301 --path 14:2:0
  lockstep certify ./my-adapter.ts --baseline known-failures.json --reporter terminal,github
  lockstep certify ./my-adapter.ts --baseline known-failures.json --update-baseline
  lockstep certify postgres --seed 7 --shard 1/2 --out part-1`;

export function certifyCommand(context: CommandContext): Command {
  return new Command('certify')
    .description('Check every clause of the contract that applies to the targets.')
    .addArgument(targetsArgument())
    .addOption(levelOption())
    .option('--only <clauses>', 'groups and clauses, such as LOCK,CUR-03; the others are skipped', clauseList)
    .option(
      '--runs <n>',
      'generated programs per clause; half as many if examples make every situation occur',
      wholeNumber(1, 1_000_000),
      100,
    )
    .addOption(seedOption())
    .addOption(pathOption())
    .addOption(processesOption())
    .addOption(budgetOption())
    .addOption(timeoutOption())
    .option('--in-process', 'run the adapter in this process, for a debugger', false)
    .addOption(baselineOption())
    .addOption(updateBaselineOption())
    .addOption(proofOption())
    .addOption(shardOption())
    .option('--strict', 'give no level while a claim cannot be verified on this machine', false)
    .option(
      '--timings',
      'show where the time went: wall-clock and CPU time per clause, and what lockstep waited for',
      false,
    )
    .option(
      '--no-shrink',
      'show failures as they were found, without shrinking and without running them again',
    )
    .addOption(outOption())
    .addOption(pgOption())
    .addOption(allowFaultsOption())
    .addOption(reporterOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (specs: string[], flags: CertifyFlags) => {
      const { certify } = await import('../actions/certify.ts');
      await certify(context, specs, flags);
    });
}
