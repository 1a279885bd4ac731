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
} from '../options/options.ts';

const MAX_ROUNDS = 500;

const HELP = `
Each round runs the same work on each target: in fresh processes, with one seed per round, in an order that is reversed every
second round. For each figure it reports the ratio to the first target, the 95 % interval of the ratio, and a verdict: faster,
slower, equivalent (shown to differ by at most the margin) or inconclusive. The first target runs twice per round: a change must
exceed the difference between these two runs. A verdict needs 6 rounds.

Folders of recorded loads can be compared too. Their runs did not alternate, so they get no verdict.

Exit status: 0 decided, 1 a run broke a rule, 2 wrong usage, 3 not comparable or not decided, 4 a threshold is not met.
The given thresholds decide; without thresholds the gate decides, and without a gate effects/s.

Examples:
  lockstep compare memory postgres
  lockstep compare ./my-adapter.ts --base main --gate effect.p50
  lockstep compare ./my-adapter.ts --base ../before --threshold 'ratio(effects/s)>0.95'
  lockstep compare reports/runs/2026-01-31-081500-postgres reports/runs/2026-02-01-081500-postgres`;

export function compareCommand(context: CommandContext): Command {
  return new Command('compare')
    .description('Compare targets, or a target with its earlier version, in rounds of the same work.')
    .argument(
      '<targets...>',
      'memory, postgres, paths of modules, or folders of recorded loads; the first is the base',
    )
    .option(
      '--base <dir|ref>',
      'compare the one target with its version in that folder, or at that git commit',
    )
    .option('--rounds <n>', 'how many rounds', wholeNumber(1, MAX_ROUNDS), 12)
    .option('--operations <n>', 'requests per run', wholeNumber(1, 100_000_000), 2000)
    .addOption(
      new Option('--mix <name>', 'how streams and operations are picked')
        .choices(MIX_NAMES)
        .default('uniform'),
    )
    .option('--processes <n>', 'service processes, one adapter instance each', wholeNumber(1, 32), 1)
    .option('--drivers <n>', 'load generator processes', wholeNumber(1, 16), 1)
    .option('--connections <n>', 'connections of all drivers together', wholeNumber(1, 4096), 32)
    .option(
      '--rate <n>',
      'open loop: requests per second, the same for every target (default: closed loop)',
      fixedRate,
    )
    .option(
      '--warmup <time>',
      'warm-up at the start of each run: it is judged, but does not count in the figures',
      time({ most: DAY_S, mayBeNone: true }),
    )
    .option(
      '--no-floor',
      'run the base only once per round: faster, but without a measurement of how much the base differs from itself',
    )
    .option(
      '--gate <figure>',
      'the one figure that decides: it is not corrected for the number of other figures',
      named,
    )
    .addOption(thresholdOption())
    .addOption(historyOption())
    .option('--keep-evidence', 'also keep the evidence of runs that are ok')
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
