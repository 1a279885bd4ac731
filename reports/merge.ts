/** Joins the shards of a certification into the result that a single run of all clauses would have had. */
import { inWords } from '../scenarios/inWords.ts';
import { isDeepStrictEqual } from 'node:util';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { besideBaseline } from '../suites/baseline.ts';
import { levelOf } from '../suites/level.ts';
import type { ClauseResult } from '../suites/result.ts';
import { isElsewhere } from '../suites/shard.ts';
import type { Certification, RunResult, ShardRun } from './model.ts';
import { runStatus } from './words/status.ts';

/** A recorded shard, and its name for users. */
export interface NamedRun {
  readonly name: string;
  readonly run: RunResult;
}

/** One shard, and its number among the parts. */
interface Part extends NamedRun {
  readonly shard: ShardRun;
}

/**
 * Joins all shards of one certification, in any order. They must have the same target, version, source, seed,
 * capabilities and anything else that the outcome depends on. Machines may differ. Errors: SHARDS_DIFFER.
 */
export function joinShards(runs: readonly NamedRun[]): RunResult {
  const parts = runs.map(partOf).sort((a, b) => a.shard.index - b.shard.index);
  const [first, ...others] = parts;
  if (first === undefined) throw refused('expected the run folders of every shard, got none');
  checkComplete(parts);
  for (const other of others) checkSame(first, other);
  const certifications = first.run.certifications.map((_, index) => joinCertification(parts, index));
  const times = parts.map(({ run }) => run);
  return {
    ...first.run,
    repeat: first.run.repeat.replace(/ --shard \S+/, ''),
    startedAt: times.map((run) => run.startedAt).sort()[0] ?? first.run.startedAt,
    finishedAt:
      times
        .map((run) => run.finishedAt ?? run.startedAt)
        .sort()
        .at(-1) ?? first.run.startedAt,
    shards: parts.map(({ shard }) => shard),
    certifications,
    exitStatus: runStatus({ certifications, loads: [] }),
  };
}

function partOf({ name, run }: NamedRun): Part {
  const [shard, ...more] = run.shards ?? [];
  if (shard === undefined) throw refused(`${name} is no shard: it was recorded without --shard`);
  if (more.length > 0) throw refused(`${name} is joined already`);
  if (run.partial || run.certifications.some(({ partial }) => partial === true)) {
    throw refused(`${name}, shard ${shard.index}/${shard.of}, was interrupted; run it again`);
  }
  return { name, run, shard };
}

function checkComplete(parts: readonly Part[]): void {
  const of = parts[0]?.shard.of ?? 0;
  const odd = parts.find(({ shard }) => shard.of !== of);
  if (odd !== undefined) {
    throw refused(`${parts[0]?.name} is one of ${of} shards, ${odd.name} one of ${odd.shard.of}`);
  }
  const twice = parts.find(({ shard }, place) => parts[place - 1]?.shard.index === shard.index);
  if (twice !== undefined)
    throw refused(`shard ${twice.shard.index}/${of} is there twice, once as ${twice.name}`);
  const missing = Array.from({ length: of }, (_, place) => place + 1).filter(
    (index) => !parts.some(({ shard }) => shard.index === index),
  );
  if (missing.length > 0) {
    throw refused(`of ${of} shards, ${missing.map((index) => `${index}/${of}`).join(', ')} are missing`);
  }
}

function checkSame(first: Part, other: Part): void {
  const [expected, came] = [factsOf(first.run), factsOf(other.run)];
  for (const [what, value] of Object.entries(expected)) {
    if (isDeepStrictEqual(value, came[what])) continue;
    throw refused(
      `the ${what} differs: ${JSON.stringify(value)} in ${first.name}, ${JSON.stringify(came[what])} in ${other.name}`,
    );
  }
}

/** Everything that the outcome depends on, by its name in messages. */
function factsOf(run: RunResult): Readonly<Record<string, unknown>> {
  const each = <T>(fact: (certification: Certification) => T): T[] => run.certifications.map(fact);
  return {
    'version of lockstep': run.lockstepVersion,
    'version of the contract': run.contractVersion,
    seed: run.seed,
    target: each(({ target }) => target.name),
    'version of the target': each(({ target }) => target.version),
    'content hash of the target': each(({ contentHash }) => contentHash),
    'build of lockstep': each(({ suites }) => suites.buildId),
    'proof of the suites': each(({ suites }) => suites.proof),
    'set of surfaces': each(({ target }) => target.surfaces),
    'rule for ids': each(({ target }) => target.ids ?? null),
    'set of capabilities': each(({ target }) => target.capabilities),
    storage: each(({ target }) => target.storage),
    level: each(({ requestedLevel }) => requestedLevel),
    'use of --strict': each(({ strict }) => strict),
    'number of runs': each(({ runs }) => runs),
    budget: each(({ budgetMs }) => budgetMs),
    'number of processes': each(({ processes }) => processes),
    'use of --in-process': each(({ inProcess }) => inProcess),
    baseline: each(({ baseline }) => baseline?.entries ?? []),
  };
}

function joinCertification(parts: readonly Part[], index: number): Certification {
  const shards = parts.map(({ run }) => run.certifications[index] as Certification);
  const [first] = shards as [Certification];
  const { baseline } = first;
  const clauses = first.clauses.map((_, place) => joinClause(parts, shards, place));
  return {
    ...first,
    ...levelOf(clauses, first),
    ...(baseline === undefined ? {} : { baseline: besideBaseline(clauses, first, baseline.entries) }),
    durationMs: shards.reduce((sum, { durationMs }) => sum + durationMs, 0),
    clauses,
  };
}

/** Each clause was either checked by one shard or left out by all of them for the same reason. */
function joinClause(parts: readonly Part[], shards: readonly Certification[], place: number): ClauseResult {
  const results = shards.map(({ clauses }) => clauses[place] as ClauseResult);
  const here = results.filter((result) => !isElsewhere(result));
  const [result] = here;
  const alike = here.every(({ clause, status }) => clause === result?.clause && status === result.status);
  if (result !== undefined && alike && (here.length === 1 || here.length === results.length)) return result;
  const who = parts.filter((_, part) => !isElsewhere(results[part] as ClauseResult)).map(({ name }) => name);
  throw refused(
    `${results[0]?.clause} was decided by ${inWords(who) || 'none'}, expected one shard: were they given the same --only?`,
  );
}

function refused(what: string): LockstepError {
  return new LockstepError(
    'SHARDS_DIFFER',
    `These runs cannot be joined: ${what}. Name every shard of one certification; all of them must have the same options except --shard.`,
  );
}
