import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Level } from '../../adapters/contract/index.ts';
import { buildId } from '../../scenarios/process/index.ts';
import { parseProof } from '../../reports/mutation/proof.ts';
import { parseBaseline } from '../../suites/baseline.ts';
import { DEFAULT_BUDGET_S } from '../../suites/certify.ts';
import type { Shard } from '../../suites/shard.ts';
import { certifyTargets } from '../certification.ts';
import type { CommandContext } from '../main.ts';
import {
  baselineOption,
  clauseList,
  levelOption,
  outOption,
  pathOption,
  pgOption,
  proofOption,
  randomSeed,
  reporterOption,
  seconds,
  seedOption,
  shardOption,
  wholeNumber,
} from '../options.ts';
import type { ReporterName } from '../publish.ts';
import { quote } from '../../reports/words.ts';
import { pgPart } from '../repeat.ts';
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
  readonly shard?: Shard;
  /** A file. */
  readonly baseline?: string;
  /** A file. */
  readonly proof?: string;
  readonly inProcess: boolean;
  readonly shrink: boolean;
  readonly strict: boolean;
  readonly out?: string;
  readonly pg: string;
  readonly reporter?: readonly ReporterName[];
}

const EXAMPLES = `
Examples:
  lockstep certify memory
  lockstep certify postgres --processes 3
  lockstep certify ./my-adapter.ts --only LOCK,CUR-03
  lockstep certify ./my-adapter.ts --only LOCK-01 --seed 814301 --path 14:2:0
  lockstep certify ./my-adapter.ts --baseline known-failures.json --reporter terminal,github
  lockstep certify postgres --seed 7 --shard 1/2 --out part-1`;

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
    .addOption(baselineOption())
    .addOption(proofOption())
    .addOption(shardOption())
    .option('--strict', 'give no level while a claim cannot be verified on this machine', false)
    .option('--no-shrink', 'show failures as they were found: neither shrunk nor run again')
    .addOption(outOption())
    .addOption(pgOption())
    .addOption(reporterOption())
    .addHelpText('after', EXAMPLES)
    .action(async (specs: string[], flags: CertifyFlags) => {
      checkPath(flags);
      checkShard(flags);
      const baseline =
        flags.baseline === undefined
          ? undefined
          : parseBaseline(readFor('--baseline', flags.baseline, context.cwd), flags.baseline);
      const proof =
        flags.proof === undefined
          ? undefined
          : parseProof(readFor('--proof', flags.proof, context.cwd), flags.proof, buildId());
      const targets = specs.map((spec) => resolveTarget(spec, context.cwd));
      const seed = flags.seed ?? randomSeed();
      await using session = openSession(context, {
        command: 'certify',
        repeat: repeatOf(specs, flags, seed),
        target: specs.join(' '),
        seed,
        ...flags,
      });
      const { baseline: _baseline, proof: _proof, ...rest } = flags;
      await certifyTargets(session, targets, {
        ...rest,
        seed,
        ...(baseline === undefined ? {} : { baseline }),
        ...(proof === undefined ? {} : { proof }),
      });
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

function checkShard({ shard, seed, path }: CertifyFlags): void {
  if (shard === undefined) return;
  if (seed === undefined) {
    throw new LockstepError(
      'USAGE',
      '--shard: expected --seed too, the same for every part, so that they can be joined.',
    );
  }
  if (path !== undefined) {
    throw new LockstepError('USAGE', '--shard: expected no --path; it repeats the failure of one clause.');
  }
}

function readFor(option: string, file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new LockstepError(
      'USAGE',
      `${option} ${file}: expected a file that can be read, got ${String(cause)}.`,
      {
        cause,
      },
    );
  }
}

function repeatOf(specs: readonly string[], flags: CertifyFlags, seed: number): string {
  return [
    `lockstep certify ${specs.map(quote).join(' ')}`,
    flags.level === undefined ? '' : `--level ${flags.level}`,
    flags.only === undefined ? '' : `--only ${flags.only.join(',')}`,
    `--runs ${flags.runs} --processes ${flags.processes} --seed ${seed}`,
    flags.path === undefined ? '' : `--path ${flags.path}`,
    flags.budget === DEFAULT_BUDGET_S ? '' : `--budget ${flags.budget}`,
    flags.inProcess ? '--in-process' : '',
    flags.strict ? '--strict' : '',
    flags.shrink ? '' : '--no-shrink',
    flags.baseline === undefined ? '' : `--baseline ${quote(flags.baseline)}`,
    flags.proof === undefined ? '' : `--proof ${quote(flags.proof)}`,
    flags.shard === undefined ? '' : `--shard ${flags.shard.index}/${flags.shard.of}`,
    pgPart(flags.pg),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
