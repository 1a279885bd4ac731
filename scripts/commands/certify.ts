import { Command } from 'commander';
import type { Level } from '../../adapters/contract/index.ts';
import { DEFAULT_BUDGET_S } from '../../suites/certify.ts';
import { certifyTargets } from '../certification.ts';
import type { CommandContext } from '../main.ts';
import {
  clauseList,
  levelOption,
  outOption,
  pathOption,
  pgOption,
  randomSeed,
  reporterOption,
  seconds,
  seedOption,
  wholeNumber,
} from '../options.ts';
import { openSession } from '../session.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { resolveTarget } from '../targets.ts';

interface CertifyFlags {
  readonly level?: Level;
  readonly only?: string[];
  readonly runs: number;
  readonly seed?: number;
  readonly path?: string;
  readonly processes: number;
  readonly budget: number;
  readonly timeout?: number;
  readonly inProcess: boolean;
  readonly out?: string;
  readonly pg: string;
  readonly reporter: 'terminal' | 'json';
}

const EXAMPLES = `
Examples:
  lockstep certify memory
  lockstep certify postgres --processes 3
  lockstep certify ./my-adapter.ts --only LOCK,CUR-03
  lockstep certify ./my-adapter.ts --only LOCK-01 --seed 814301 --path 14:2:0`;

export function certifyCommand(context: CommandContext): Command {
  return new Command('certify')
    .description('Check every clause of the contract that applies to the targets.')
    .argument('<targets...>', 'memory, postgres, or paths of modules')
    .addOption(levelOption())
    .option('--only <clauses>', 'groups and clauses, like LOCK,CUR-03; the others are skipped', clauseList)
    .option('--runs <n>', 'generated programs a clause', wholeNumber(1, 1_000_000), 100)
    .addOption(seedOption())
    .addOption(pathOption())
    .option('--processes <n>', 'processes for clauses across processes', wholeNumber(1, 16), 2)
    .option('--budget <s>', 'seconds for the programs of one clause', seconds(86_400), DEFAULT_BUDGET_S)
    .option('--timeout <s>', 'seconds for everything; what is not done then is inconclusive', seconds(86_400))
    .option('--in-process', 'run the adapter inside this process, for a debugger', false)
    .addOption(outOption())
    .addOption(pgOption())
    .addOption(reporterOption())
    .addHelpText('after', EXAMPLES)
    .action(async (specs: string[], flags: CertifyFlags) => {
      checkPath(flags);
      const targets = specs.map((spec) => resolveTarget(spec, context.cwd));
      const seed = flags.seed ?? randomSeed();
      await using session = openSession(context, {
        command: 'certify',
        repeat: repeatOf(specs, flags, seed),
        target: specs.join(' '),
        seed,
        ...flags,
      });
      await certifyTargets(session, targets, { ...flags, seed });
      context.done(session.finish());
    });
}

function checkPath(flags: CertifyFlags): void {
  if (flags.path === undefined) return;
  const one = flags.only?.length === 1 && flags.only[0]?.includes('-') === true;
  if (flags.seed === undefined || !one) {
    throw new LockstepError(
      'USAGE',
      '--path repeats one failure: expected it with --seed and --only CLAUSE, as the violation printed them.',
    );
  }
}

function repeatOf(specs: readonly string[], flags: CertifyFlags, seed: number): string {
  return [
    `lockstep certify ${specs.join(' ')}`,
    flags.level === undefined ? '' : `--level ${flags.level}`,
    flags.only === undefined ? '' : `--only ${flags.only.join(',')}`,
    `--runs ${flags.runs} --processes ${flags.processes} --seed ${seed}`,
    flags.path === undefined ? '' : `--path ${flags.path}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
