import { Command, Option } from 'commander';
import type { StressCommandFlags } from '../actions/stress.ts';
import type { CommandContext } from '../context.ts';
import {
  allowFaultsOption,
  DAY_S,
  jsonOption,
  outOption,
  pgOption,
  reporterOption,
  seedOption,
  servicesOption,
  targetsArgument,
  time,
  timeText,
  wholeNumber,
} from '../options/options.ts';

const WEEK_S = 7 * DAY_S;
const DEFAULT_TIME_S = 600;

const HELP = `
Runs loads of every mix, without faults and under every fault that a target offers. --seed determines their order and their
seeds. If the only service keeps the storage in its own process, kill-holder and clock-skew are left out, because such a storage
does not survive them. A load in which too little could have been broken is run again, four times as long. When the time is
up, the running load is still judged.

Exit status: 0 every load held, 1 a rule was broken, 2 wrong usage, 3 a load was inconclusive.

Examples:
  lockstep stress postgres --time 90m
  lockstep stress ./my-adapter.ts --time 10m --regressions regressions`;

export function stressCommand(context: CommandContext): Command {
  return new Command('stress')
    .description('Run loads of every mix under every fault until the time is up, for example every night.')
    .addArgument(targetsArgument())
    .addOption(
      new Option('--time <time>', 'how long, such as 20s, 90m or 1h; a plain number is minutes')
        .argParser(time({ most: WEEK_S, alone: 'm' }))
        .default(DEFAULT_TIME_S, timeText(DEFAULT_TIME_S)),
    )
    .addOption(servicesOption())
    .option('--drivers <n>', 'load generator processes', wholeNumber(1, 16), 1)
    .option('--connections <n>', 'connections of all drivers together', wholeNumber(1, 4096), 16)
    .option('--duration <time>', 'minimum duration of a load', time({ most: 3600 }), 5)
    .option('--strikes <n>', 'how often the fault strikes in a load', wholeNumber(1, 1000), 2)
    .option(
      '--regressions <dir>',
      'run the loads in this folder first, and write each load that breaks a rule to it, as JSON',
    )
    .addOption(seedOption())
    .addOption(outOption())
    .addOption(reporterOption())
    .addOption(jsonOption())
    .addOption(pgOption())
    .addOption(allowFaultsOption())
    .addHelpText('after', HELP)
    .action(async (specs: string[], flags: StressCommandFlags) => {
      const { runStress } = await import('../actions/stress.ts');
      context.done(await runStress(context, specs, flags));
    });
}
