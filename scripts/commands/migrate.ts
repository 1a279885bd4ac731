import { Command, Option } from 'commander';
import { STEP_NAMES } from '../../adapters/contract/migration/moveSteps.ts';
import type { DrillFlags } from '../actions/drill.ts';
import type { MigrateFlags } from '../actions/migrate.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import type { CommandContext } from '../context.ts';
import {
  DAY_S,
  namespaces,
  outOption,
  pgOption,
  seedOption,
  time,
  timeText,
  wholeNumber,
} from '../options/options.ts';

const MAX_INSTANCES = 1000;
const MAX_HAND_OVERS = 9999;
const TASKS = ['plan', 'status', 'step', 'rollback', 'finish', 'drill'];
/** Defaults, in seconds. */
const DRAIN_S = 5;
const HOLD_S = 10;
const SECTION_S = 30;

const HELP = `
The steps, in order: ${STEP_NAMES.join(', ')}.
Without --plan, --status, --step, --rollback or --finish, it does the next steps until a gate refuses one, and stops before
finish: everything up to there can be rolled back. The storages keep the state of the move, so the command continues where it
stopped, without a file. Only one operator works at a time. docs/migration.md is the guide.

SOURCE is the target that is in use now. The application runs the migrating adapter over both, with the same namespaces.

With --drill nothing of an application is touched: both storages are started, a load goes through every step, forwards, back and
forwards again, and its one history is judged. Exit status then: 0 held, 1 a rule was broken, 3 too little was seen.

Exit status: 0 done, 2 wrong usage, 3 stopped before its end, or a storage failed, or another operator is at work, 4 a gate
refused, because a figure falls short of what the step requires. That alone does not mean that a storage is broken.

Examples:
  lockstep migrate postgres postgres-lease --namespace app,app_next --plan
  lockstep migrate postgres postgres-lease --namespace app,app_next --instances 4
  lockstep migrate postgres postgres-lease --namespace app,app_next --rollback
  lockstep migrate ./old.ts ./new.ts --namespace app --step compare
  lockstep migrate postgres postgres-lease --drill --seed 7`;

type DrillCommandFlags = DrillFlags & { readonly drill?: true };

export function migrateCommand(context: CommandContext): Command {
  const only = (name: string): string[] => TASKS.filter((task) => task !== name);
  const command = new Command('migrate')
    .description('Move a running application from one storage to another, step by step, and back.')
    .argument('<source>', 'the storage that is in use now: postgres, or the path of a module')
    .argument('<target>', 'the storage to move to')
    .addOption(
      new Option(
        '--namespace <names>',
        "the application's names for its storages (for postgres: the schemas), as OLD,NEW or as one name for both",
      ).argParser(namespaces),
    )
    .addOption(
      new Option('--plan', 'show every step: what it does, puts at risk and still needs').conflicts(
        only('plan'),
      ),
    )
    .addOption(new Option('--status', 'show where the move is').conflicts(only('status')))
    .addOption(
      new Option('--step <name>', 'do this step, if its gates pass')
        .choices(STEP_NAMES)
        .conflicts(only('step')),
    )
    .addOption(
      new Option('--rollback [step]', 'roll back the last step, or every step after the given one')
        .choices(STEP_NAMES)
        .conflicts(only('rollback')),
    )
    .addOption(
      new Option('--finish', 'end the move: afterwards nothing can be rolled back').conflicts(only('finish')),
    )
    .option('--now', 'with --finish: do not wait until the records that the old side wrote have expired')
    .option(
      '--instances <n>',
      'how many instances of the application must have registered; 0 means that none runs',
      wholeNumber(0, MAX_INSTANCES),
      1,
    )
    .addOption(
      new Option('--drain <time>', 'how long open sections may still run when the authority moves')
        .argParser(time({ most: 60 }))
        .default(DRAIN_S, timeText(DRAIN_S)),
    )
    .addOption(
      new Option('--hold <time>', 'how long each share of reads (1, 10, 50, 100 %) lasts before the next one')
        .argParser(time({ most: DAY_S, mayBeNone: true }))
        .default(HOLD_S, timeText(HOLD_S)),
    )
    .addOption(
      new Option('--longest-section <time>', 'the longest open section at steps that need short ones')
        .argParser(time({ most: DAY_S }))
        .default(SECTION_S, timeText(SECTION_S)),
    );
  return withDrill(command, only('drill'))
    .addOption(seedOption())
    .addOption(outOption())
    .addOption(pgOption())
    .option('--json', 'print the result as JSON, and nothing else on stdout')
    .addHelpText('after', HELP)
    .action(async (source: string, target: string, flags: MigrateFlags & DrillCommandFlags) => {
      context.done(await run(context, [source, target], flags));
    });
}

/** `others`: the other tasks of the command. */
function withDrill(command: Command, others: string[]): Command {
  return command
    .addOption(
      new Option(
        '--drill',
        'try the whole move, forwards and back, on storages of its own, under load and faults',
      ).conflicts([...others, 'namespace']),
    )
    .option('--duration <time>', 'with --drill: how long each step lasts at least', time({ most: 600 }))
    .option(
      '--trouble <time>',
      'with --drill: how long a side is refused, silent, slow, read-only or full (default: half a step)',
      time({ most: 600 }),
    )
    .option(
      '--hand-overs <n>',
      'with --drill: how often the authority moves in each of its three steps, an odd number',
      wholeNumber(1, MAX_HAND_OVERS),
    );
}

async function run(
  context: CommandContext,
  targets: readonly [string, string],
  flags: MigrateFlags & DrillCommandFlags,
): Promise<number> {
  if (flags.drill === true) {
    const { drill } = await import('../actions/drill.ts');
    return await drill(context, targets, { ...flags, ...(flags.json === true ? JSON_ALONE : {}) });
  }
  const alone = ALONE.find((name) => flags[name] !== undefined);
  if (alone !== undefined)
    throw new LockstepError(
      'USAGE',
      `--${dashed(alone)}: expected --drill with it. A real move does not have this option.`,
    );
  const { migrate } = await import('../actions/migrate.ts');
  return await migrate(context, targets, flags);
}

const ALONE = ['duration', 'trouble', 'handOvers', 'seed', 'out'] as const;

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const JSON_ALONE = { reporter: ['json'] } as const;
