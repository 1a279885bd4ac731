import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Level } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { buildId } from '../../scenarios/process/index.ts';
import { parseProof } from '../../reports/mutation/proof.ts';
import { baselineText, parseBaseline, updatedBaseline, type BaselineEntry } from '../../suites/baseline.ts';
import { DEFAULT_BUDGET_S } from '../../suites/defaults.ts';
import type { ClauseResult } from '../../suites/result.ts';
import type { Shard } from '../../suites/shard.ts';
import { certifyTargets } from '../certify/recordTargets.ts';
import type { CommandContext } from '../context.ts';
import { randomSeed } from '../options/options.ts';
import type { ReporterName } from '../session/reporters.ts';
import { commandLine } from '../../reports/words/commandLine.ts';
import { serverPart } from '../options/repeat.ts';
import { openSession } from '../session/session.ts';
import { fileReason } from '../../scenarios/fileReason.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import { readTextFile } from '../../scenarios/textFile.ts';
import { resolveTarget } from '../targets/targets.ts';

export interface CertifyFlags {
  readonly level?: Level;
  readonly only?: string[];
  readonly runs: number;
  readonly seed?: number;
  readonly path?: string;
  readonly processes: number;
  readonly budget: number;
  readonly timeout?: number;
  readonly shard?: Shard;
  /** The path of a file. */
  readonly baseline?: string;
  readonly updateBaseline: boolean;
  /** The path of a file. */
  readonly proof?: string;
  readonly inProcess: boolean;
  readonly shrink: boolean;
  readonly strict: boolean;
  readonly timings: boolean;
  readonly out?: string;
  readonly pg: string;
  readonly allowFaultsOnServer: boolean;
  readonly reporter?: readonly ReporterName[];
}

export async function certify(
  context: CommandContext,
  specs: readonly string[],
  flags: CertifyFlags,
): Promise<void> {
  checkPath(flags);
  checkShard(flags);
  checkUpdate(specs, flags);
  const baseline = baselineOf(flags, context.cwd);
  const proof =
    flags.proof === undefined
      ? undefined
      : parseProof(readFor('--proof', flags.proof, context.cwd), flags.proof, buildId());
  const targets = await Promise.all(specs.map((spec) => resolveTarget(spec, context.cwd)));
  const seed = flags.seed ?? randomSeed();
  await using session = openSession(context, {
    command: 'certify',
    repeat: repeatOf(specs, flags, seed),
    target: specs.join(' '),
    seed,
    ...flags,
  });
  const { baseline: file, proof: _proof, updateBaseline, ...rest } = flags;
  await certifyTargets(session, targets, {
    ...rest,
    seed,
    ...defined({ baseline, proof }),
    ...(updateBaseline && file !== undefined
      ? { updateBaseline: (clauses) => updateFile(context, file, baseline ?? [], clauses) }
      : {}),
  });
  context.done(session.finish());
}

/** With --update-baseline the file may not exist yet. */
function baselineOf(
  { baseline: file, updateBaseline }: CertifyFlags,
  cwd: string,
): readonly BaselineEntry[] | undefined {
  if (file === undefined) return undefined;
  if (updateBaseline && !existsSync(resolve(cwd, file))) return [];
  return parseBaseline(readFor('--baseline', file, cwd), file);
}

function checkUpdate(specs: readonly string[], { baseline, updateBaseline }: CertifyFlags): void {
  if (!updateBaseline || (baseline !== undefined && specs.length === 1)) return;
  const got = baseline === undefined ? 'no --baseline' : `${specs.length} targets`;
  throw new LockstepError(
    'USAGE',
    `--update-baseline: expected --baseline FILE and one target, whose failures the file lists; got ${got}.`,
  );
}

function updateFile(
  { cwd, terminal }: CommandContext,
  file: string,
  before: readonly BaselineEntry[],
  clauses: readonly ClauseResult[],
): readonly BaselineEntry[] {
  const after = updatedBaseline(before, clauses);
  const count = (some: readonly BaselineEntry[], others: readonly BaselineEntry[]): number =>
    some.filter(({ clause }) => !others.some((other) => other.clause === clause)).length;
  writeWhole(resolve(cwd, file), baselineText(after), file);
  terminal.error(`${file}: ${count(after, before)} added, ${count(before, after)} taken out`);
  return after;
}

function checkPath(flags: CertifyFlags): void {
  if (flags.path === undefined) return;
  const one = flags.only?.length === 1 && flags.only[0]?.includes('-') === true;
  if (flags.seed === undefined || !one) {
    throw new LockstepError(
      'USAGE',
      '--path repeats one failure: expected --seed and --only CLAUSE with it, as the violation printed them.',
    );
  }
}

function checkShard({ shard, seed, path }: CertifyFlags): void {
  if (shard === undefined) return;
  if (seed === undefined) {
    throw new LockstepError(
      'USAGE',
      '--shard: expected --seed with it. Use the same seed for every shard, so that the results can be joined.',
    );
  }
  if (path !== undefined) {
    throw new LockstepError(
      'USAGE',
      '--shard: expected no --path with it, because --path repeats the failure of one clause.',
    );
  }
}

function readFor(option: string, file: string, cwd: string): string {
  try {
    return readTextFile(resolve(cwd, file));
  } catch (cause) {
    throw new LockstepError(
      'USAGE',
      `${option} ${file}: expected a readable file, got ${fileReason(cause)}.`,
      { cause },
    );
  }
}

function repeatOf(specs: readonly string[], flags: CertifyFlags, seed: number): string {
  const {
    level,
    only,
    runs,
    processes,
    path,
    budget,
    inProcess,
    strict,
    shrink,
    baseline,
    proof,
    shard,
    timings,
  } = flags;
  return commandLine(
    'certify',
    specs,
    {
      level,
      only,
      runs,
      processes,
      seed,
      path,
      budget: budget === DEFAULT_BUDGET_S ? undefined : budget,
      'in-process': inProcess,
      strict,
      timings,
      'no-shrink': !shrink,
      baseline,
      proof,
      shard: shard === undefined ? undefined : `${shard.index}/${shard.of}`,
    },
    serverPart(flags),
  );
}
