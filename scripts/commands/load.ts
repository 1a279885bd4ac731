import { Command, Option } from 'commander';
import { MIXES, type MixName } from '../../scenarios/load/index.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { FAULT_NAMES, type FaultName } from '../../scenarios/faults/catalog.ts';
import { loadTarget, type LoadFlags } from '../loading.ts';
import type { CommandContext } from '../main.ts';
import {
  outOption,
  faultNames,
  pgOption,
  randomSeed,
  reporterOption,
  seconds,
  seedOption,
  wholeNumber,
} from '../options.ts';
import type { ReporterName } from '../publish.ts';
import { loadLine } from '../repeat.ts';
import { openSession } from '../session.ts';
import { resolveTarget } from '../targets.ts';

interface LoadCommandFlags {
  readonly mix: MixName;
  readonly processes: number;
  readonly drivers: number;
  readonly connections: number;
  readonly duration?: number;
  readonly operations?: number;
  readonly fault?: readonly FaultName[];
  readonly strikes: number;
  readonly seed?: number;
  readonly out?: string;
  readonly pg: string;
  readonly reporter?: readonly ReporterName[];
}

/** Of each fault. */
const DEFAULT_STRIKES = 4;
/** Seconds of load when neither --duration nor --operations is given. */
const DEFAULT_DURATION = 10;

const EXAMPLES = `
Examples:
  lockstep load postgres --processes 3 --mix hot-stream --duration 20
  lockstep load memory --processes 2 --mix settle-withdraw-race
  lockstep load postgres --fault kill-holder,restart-storage --mix hot-stream
  lockstep load ./my-adapter.ts --operations 100000 --seed 7`;

export function loadCommand(context: CommandContext): Command {
  return new Command('load')
    .description('Drive settle and withdraw traffic through several processes, and judge the evidence.')
    .argument('<targets...>', 'memory, postgres, or paths of modules')
    .addOption(
      new Option('--mix <name>', 'how streams and operations are picked')
        .choices(MIXES.map((mix) => mix.name))
        .default('settle-withdraw-race'),
    )
    .option('--processes <n>', 'service processes, one adapter instance each', wholeNumber(1, 32), 2)
    .option('--drivers <n>', 'load generator processes', wholeNumber(1, 16), 1)
    .option('--connections <n>', 'connections of all drivers', wholeNumber(1, 4096), 32)
    .addOption(
      new Option('--duration <s>', `seconds of load (default: ${DEFAULT_DURATION})`)
        .argParser(seconds(86_400))
        .conflicts('operations'),
    )
    .option('--operations <n>', 'how many operations instead', wholeNumber(1, 100_000_000))
    .addOption(
      new Option('--fault <names>', `strike the load with faults, comma-separated: ${FAULT_NAMES.join(', ')}`)
        .argParser(faultNames)
        .conflicts('operations'),
    )
    .option('--strikes <n>', 'how often each fault strikes', wholeNumber(1, 1000), DEFAULT_STRIKES)
    .addOption(seedOption())
    .addOption(outOption())
    .addOption(pgOption())
    .addOption(reporterOption())
    .addHelpText('after', EXAMPLES)
    .action(async (specs: string[], flags: LoadCommandFlags) => {
      if (flags.connections < flags.drivers) {
        throw new LockstepError(
          'USAGE',
          `Expected at least one connection a driver, got --connections ${flags.connections} for --drivers ${flags.drivers}.`,
        );
      }
      const targets = specs.map((spec) => resolveTarget(spec, context.cwd));
      const seed = flags.seed ?? randomSeed();
      const length = lengthOf(flags);
      await using session = openSession(context, {
        command: 'load',
        repeat: loadLine({ ...flags, targets: specs, length, faults: faultsOf(flags).faults, seed }),
        target: specs.join(' '),
        seed,
        ...flags,
      });
      for (const target of targets) {
        if (!session.signal.aborted)
          await loadTarget(session, target, { ...flags, ...length, ...faultsOf(flags), seed }, false);
      }
      context.done(session.finish());
    });
}

function lengthOf({ duration, operations }: LoadCommandFlags): { duration?: number; operations?: number } {
  if (operations !== undefined) return { operations };
  return { duration: duration ?? DEFAULT_DURATION };
}

function faultsOf({ fault, strikes }: LoadCommandFlags): Pick<LoadFlags, 'faults'> {
  return fault === undefined ? {} : { faults: { names: fault, strikes } };
}
