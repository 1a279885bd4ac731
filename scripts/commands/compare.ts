import { Command, Option } from 'commander';
import { MIX_NAMES } from '../../scenarios/load/mixes/index.ts';
import type { CompareFlags } from '../compare/flags.ts';
import type { CommandContext } from '../context.ts';
import {
  DAY_S,
  fixedRate,
  historyOption,
  named,
  jsonOption,
  outOption,
  reporterOption,
  pgOption,
  seedOption,
  thresholdOption,
  time,
  timeoutOption,
  wholeNumber,
} from '../options.ts';

const MAX_ROUNDS = 500;

const HELP = `
Rounds of the same work for each target: fresh processes, one seed a round, in turn and every second time the other way. Of
each figure it says the ratio to the first target, its 95 % interval, and: faster, slower, equivalent (shown to differ by no
more than the margin) or inconclusive. The first target runs twice a round: a change must exceed what it differs from itself by.
A verdict needs 6 rounds.

Folders of recorded loads can be compared, too; they were not made in turn, and get no verdict.

Exit status: 0 decided, 1 a run broke a rule, 2 wrong usage, 3 not comparable or not decided, 4 a threshold is not met.
Figures decide by the thresholds that are named, else by the gate, else by effects/s.

Examples:
  lockstep compare memory postgres
  lockstep compare ./my-adapter.ts --base main --gate effect.p50
  lockstep compare ./my-adapter.ts --base ../before --threshold 'ratio(effects/s)>0.95'
  lockstep compare reports/runs/2026-01-31-081500-postgres reports/runs/2026-02-01-081500-postgres`;

export function compareCommand(context: CommandContext): Command {
  return new Command('compare')
    .description('Compare targets, or one with its state of before, in rounds of the same work.')
    .argument(
      '<targets...>',
      'memory, postgres, paths of modules, or folders of recorded loads; the first is the base',
    )
    .option(
      '--base <dir|ref>',
      'compare the one target with itself as it is in that folder, or as that git commit had it',
    )
    .option('--rounds <n>', 'how many', wholeNumber(1, MAX_ROUNDS), 12)
    .option('--operations <n>', 'requests of each run', wholeNumber(1, 100_000_000), 2000)
    .addOption(
      new Option('--mix <name>', 'how streams and operations are picked')
        .choices(MIX_NAMES)
        .default('uniform'),
    )
    .option('--processes <n>', 'service processes, one adapter instance each', wholeNumber(1, 32), 1)
    .option('--drivers <n>', 'load generator processes', wholeNumber(1, 16), 1)
    .option('--connections <n>', 'connections of all drivers', wholeNumber(1, 4096), 32)
    .option(
      '--rate <n>',
      'requests per second, sent on schedule: the same load for all (default: as fast as they are answered)',
      fixedRate,
    )
    .option(
      '--warmup <time>',
      'of each run, from its first request: judged, but in no figure',
      time({ most: DAY_S, mayBeNone: true }),
    )
    .option(
      '--no-floor',
      'run the base once a round: faster, and nothing says what it differs from itself by',
    )
    .option(
      '--gate <figure>',
      'the one figure that matters: it is not corrected for the number of the others',
      named,
    )
    .addOption(thresholdOption())
    .addOption(historyOption())
    .option('--keep-evidence', 'keep the evidence of runs that are ok, too')
    .addOption(timeoutOption())
    .addOption(seedOption())
    .addOption(outOption())
    .addOption(reporterOption())
    .addOption(jsonOption())
    .addOption(pgOption())
    .addHelpText('after', HELP)
    .action(async (specs: string[], flags: CompareFlags) => {
      const { compare } = await import('../actions/compare.ts');
      await compare(context, specs, flags);
    });
}
