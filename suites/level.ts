/** The levels and the verdict that follow from clause results. */
import { CLAUSES, LEVELS, type CapabilityName, type Clause, type Level } from '../adapters/contract/index.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import type { ClauseResult, ClauseStatus, Verdict } from './result.ts';
import { isElsewhere } from './shard.ts';

/**
 * `given`: every clause of the level and of those below it held. Else what stands in the way: a clause that is
 * `violated`, `inconclusive` (or in error), or left out (`not-run`). `not-applicable`: the adapter declares nothing
 * that the level is about; it is then passed over, and a higher one can still be given.
 */
export const LEVEL_STATUSES = ['given', 'violated', 'inconclusive', 'not-applicable', 'not-run'] as const;
export type LevelStatus = (typeof LEVEL_STATUSES)[number];
export type LevelStatuses = Readonly<Record<Level, LevelStatus>>;

/** What the conclusion depends on beside the results. */
export interface Asked {
  /** The level whose clauses count. */
  readonly requestedLevel: Level;
  /** Whether a claim that this machine could not verify costs its level, and leaves the verdict open. */
  readonly strict: boolean;
}

export interface LevelConclusion {
  /** The highest level that is given; null: none. */
  readonly level: Level | null;
  readonly levels: LevelStatuses;
  /** Capabilities that the adapter declares and that this machine could not check. A level can be given beside them. */
  readonly unverified: readonly CapabilityName[];
  readonly verdict: Verdict;
}

/** Nothing is known yet. */
export const NO_LEVELS: LevelStatuses = levelStatuses([], true);

export function levelOf(clauses: readonly ClauseResult[], asked: Asked): LevelConclusion {
  const levels = levelStatuses(clauses, asked.strict);
  const level = LEVELS.findLast((candidate) => levels[candidate] === 'given') ?? null;
  return { level, levels, unverified: unverifiedClaims(clauses), verdict: verdictOf(clauses, asked) };
}

function unverifiedClaims(clauses: readonly ClauseResult[]): CapabilityName[] {
  const missed = new Set(clauses.filter(({ status }) => status === 'unverified').map(({ clause }) => clause));
  return [
    ...new Set(
      CLAUSES.filter((clause) => missed.has(clause.id) && isClaim(clause)).flatMap(
        ({ capabilities }) => capabilities,
      ),
    ),
  ];
}

/** Whether the clause is about a capability that the adapter has beside its level. Surviving faults is what a level is about. */
function isClaim({ capabilities, fault }: Clause): boolean {
  return capabilities.length > 0 && !fault;
}

function levelStatuses(clauses: readonly ClauseResult[], strict: boolean): LevelStatuses {
  const statusOf = new Map(clauses.map(({ clause, status }) => [clause, status]));
  let below: LevelStatus = 'given';
  const entries = LEVELS.map((level) => {
    const own = ownStatus(
      CLAUSES.filter((clause) => clause.level === level).map((clause) => {
        const status = statusOf.get(clause.id);
        return status === 'unverified' && isClaim(clause) && !strict ? 'not-applicable' : status;
      }),
    );
    const status = own === 'given' ? below : own;
    if (status !== 'not-applicable') below = status;
    return [level, status] as const;
  });
  return Object.fromEntries(entries) as Record<Level, LevelStatus>;
}

/** Of one level alone. A clause without a result has not run. */
function ownStatus(statuses: readonly (ClauseStatus | undefined)[]): LevelStatus {
  if (statuses.includes('violated')) return 'violated';
  if (statuses.includes('inconclusive') || statuses.includes('error')) return 'inconclusive';
  if (statuses.some((status) => status !== 'ok' && status !== 'not-applicable')) return 'not-run';
  return statuses.includes('ok') ? 'given' : 'not-applicable';
}

/**
 * What was left out by the user or lies above the level does not count, nor does what another shard checks; a counted
 * clause without a check does.
 */
export function verdictOf(clauses: readonly ClauseResult[], { requestedLevel, strict }: Asked): Verdict {
  if (clauses.some((result) => result.status === 'violated')) return 'violated';
  const counted = CLAUSES.filter((clause) => LEVELS.indexOf(clause.level) <= LEVELS.indexOf(requestedLevel));
  const required = new Set(counted.map(({ id }) => id));
  const verifiable = new Set(counted.filter((clause) => strict || !isClaim(clause)).map(({ id }) => id));
  const doubtful = clauses.some(
    (result) =>
      result.status === 'inconclusive' ||
      result.status === 'error' ||
      (result.status === 'not-run' && required.has(result.clause) && !isElsewhere(result)) ||
      (result.status === 'unverified' && verifiable.has(result.clause)),
  );
  return doubtful || !clauses.some((result) => result.status === 'ok') ? 'inconclusive' : 'ok';
}

/** What says which level is asked for, see CertifyOptions. */
export interface AskedLevel {
  readonly level?: Level;
  readonly only?: readonly string[];
  readonly processes: number;
  readonly inProcess: boolean;
}

/**
 * The level whose clauses count. What is certified in one process alone is never certified for a cluster.
 * Errors: USAGE.
 */
export function levelToAskFor(
  { level, only, processes, inProcess }: AskedLevel,
  crossInstance: boolean,
): Level {
  const apart = processes > 1 && !inProcess;
  if (level === undefined) {
    const usual = crossInstance && apart ? 'cluster' : 'process';
    const asked = CLAUSES.filter(({ id }) => only?.includes(id) === true).map((clause) => clause.level);
    return [usual, ...asked].reduce((a, b) =>
      LEVELS.indexOf(b as Level) > LEVELS.indexOf(a as Level) ? b : a,
    ) as Level;
  }
  if (level === 'process' || !crossInstance || apart) return level;
  throw new LockstepError(
    'USAGE',
    `--level ${level}: expected at least two processes, because the target declares crossInstance. Use --processes 2 without --in-process, or --level process.`,
  );
}
