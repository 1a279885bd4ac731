import { Command } from 'commander';
import { DEFAULT_BUDGET_S } from '../../suites/defaults.ts';
import type { CertifyFlags } from '../actions/certify.ts';
import type { CommandContext } from '../context.ts';
import {
  allowFaultsOption,
  baselineOption,
  clauseList,
  levelOption,
  outOption,
  pathOption,
  pgOption,
  proofOption,
  jsonOption,
  reporterOption,
  seedOption,
  targetsArgument,
  shardOption,
  DAY_S,
  time,
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
    .option(
      '--processes <n>',
      'processes for clauses that are tested across processes',
      wholeNumber(1, 16),
      2,
    )
    .option(
      '--budget <time>',
      'time limit for the programs of one clause',
      time({ most: DAY_S }),
      DEFAULT_BUDGET_S,
    )
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
