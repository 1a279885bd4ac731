import { Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_NAMES, type FaultName } from '../../scenarios/faults/catalog.ts';
import { MIX_NAMES } from '../../scenarios/load/mixes/index.ts';
import type { LoadCommandFlags } from '../actions/load.ts';
import type { CommandContext } from '../context.ts';
import {
  allowFaultsOption,
  DAY_S,
  DEFAULT_AUTO_DURATION_S,
  DEFAULT_DURATION_S,
  historyOption,
  jsonOption,
  outOption,
  pgOption,
  rate,
  reporterOption,
  seedOption,
  servicesOption,
  targetsArgument,
  thresholdOption,
  time,
  timeoutOption,
  wholeNumber,
} from '../options/options.ts';

/** The number of strikes of each fault. */
const DEFAULT_STRIKES = 4;
const EXAMPLES = `
Examples:
  lockstep load postgres --processes 3 --mix hot-stream --duration 20
  lockstep load memory postgres
  lockstep load memory --processes 2 --mix settle-withdraw-race    a lock in process memory must be caught
  lockstep load postgres --fault kill-holder,restart-storage --mix hot-stream
  lockstep load postgres --threshold 'effect.p99<50ms' --threshold 'effects/s>200'
  lockstep load postgres --rate 500 --warmup 5s --duration 1m
  lockstep load postgres --rate auto
  lockstep load ./my-adapter.ts --operations 100000 --seed 7`;

export function loadCommand(context: CommandContext): Command {
  return new Command('load')
    .description('Send settle and withdraw requests through services, and judge the evidence.')
    .addArgument(targetsArgument())
    .addOption(
      new Option('--mix <name>', 'how streams and operations are picked')
        .choices(MIX_NAMES)
        .default('settle-withdraw-race'),
    )
    .addOption(servicesOption())
    .option('--drivers <n>', 'load generator processes', wholeNumber(1, 16), 1)
    .option('--connections <n>', 'connections of all drivers together', wholeNumber(1, 4096), 32)
    .addOption(
      new Option(
        '--duration <time>',
        `duration of the load, such as 20s, 90m or 1h (default: ${DEFAULT_DURATION_S}s, and ${DEFAULT_AUTO_DURATION_S}s with --rate auto)`,
      )
        .argParser(time({ most: DAY_S }))
        .conflicts('operations'),
    )
    .option(
      '--rate <n>',
      'open loop: requests per second, however slow the answers are; or "auto": search the highest rate that the target holds (default: closed loop)',
      rate,
    )
    .option(
      '--warmup <time>',
      'warm-up at the start of the load: it is judged, but does not count in the figures',
      time({ most: DAY_S, mayBeNone: true }),
    )
    .option('--operations <n>', 'end after this many operations instead', wholeNumber(1, 100_000_000))
    .addOption(
      new Option('--fault <names>', `strike the load with faults, comma-separated: ${FAULT_NAMES.join(', ')}`)
        .argParser(faultNames)
        .conflicts('operations'),
    )
    .addOption(timeoutOption())
    .option('--strikes <n>', 'how often each fault strikes', wholeNumber(1, 1000), DEFAULT_STRIKES)
    .addOption(seedOption())
    .addOption(outOption())
    .addOption(pgOption())
    .addOption(allowFaultsOption())
    .addOption(thresholdOption())
    .addOption(historyOption())
    .addOption(reporterOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (specs: string[], flags: LoadCommandFlags) => {
      const { load } = await import('../actions/load.ts');
      await load(context, specs, flags);
    });
}

/** Parses `kill-holder,blackhole`. */
function faultNames(text: string): FaultName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !FAULT_NAMES.includes(name as FaultName));
  if (unknown === undefined) return [...new Set(names as FaultName[])];
  throw new InvalidArgumentError(`"${unknown}" is not a fault. Expected ${FAULT_NAMES.join(', ')}.`);
}
