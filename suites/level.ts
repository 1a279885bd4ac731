/** Derives the levels and the verdict from clause results. */
import { CLAUSES, LEVELS, type CapabilityName, type Clause, type Level } from '../adapters/contract/index.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import type { ClauseResult, ClauseStatus, Verdict } from './result.ts';
import { isElsewhere } from './shard.ts';

/**
 * `given`: every clause of the level and of lower ones held. Otherwise the obstacle: a clause that is `violated`,
 * `inconclusive` (or in error), or left out (`not-run`). `not-applicable`: the adapter declares nothing that the level
 * is about; it is skipped, and a higher level can still be given.
 */
export const LEVEL_STATUSES = ['given', 'violated', 'inconclusive', 'not-applicable', 'not-run'] as const;
export type LevelStatus = (typeof LEVEL_STATUSES)[number];
export type LevelStatuses = Readonly<Record<Level, LevelStatus>>;

/** What the conclusion depends on besides the results. */
export interface Asked {
  /** The level whose clauses count. */
  readonly requestedLevel: Level;
  /** Whether a declared capability that this machine could not verify costs the level and leaves the verdict open. */
  readonly strict: boolean;
}

export interface LevelConclusion {
  /** The highest given level. Null: none. */
  readonly level: Level | null;
  readonly levels: LevelStatuses;
  /** Capabilities that the adapter declares and this machine could not verify. A level can be given nevertheless. */
  readonly unverified: readonly CapabilityName[];
  readonly verdict: Verdict;
}

/** The statuses before anything is known. */
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

/**
 * Whether the clause is about a capability that is independent of the level. Surviving faults is what a level itself is
 * about.
 */
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
    // What is broken below says more than what was left out here.
    const isHidden = own === 'not-run' && (below === 'violated' || below === 'inconclusive');
    const status = own === 'given' || isHidden ? below : own;
    if (status !== 'not-applicable') below = status;
    return [level, status] as const;
  });
  return Object.fromEntries(entries) as Record<Level, LevelStatus>;
}

/** The status of one level on its own. A clause without a result was not run. */
function ownStatus(statuses: readonly (ClauseStatus | undefined)[]): LevelStatus {
  if (statuses.includes('violated')) return 'violated';
  if (statuses.includes('inconclusive') || statuses.includes('error')) return 'inconclusive';
  if (statuses.some((status) => status !== 'ok' && status !== 'not-applicable')) return 'not-run';
  return statuses.includes('ok') ? 'given' : 'not-applicable';
}

/**
 * Clauses that the user left out, that lie above the level, or that another shard checks do not count. A counted clause
 * without a check does.
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

/** The options that select a level: see CertifyOptions. */
export interface AskedLevel {
  readonly level?: Level;
  readonly only?: readonly string[];
  readonly processes: number;
  readonly inProcess: boolean;
}

/**
 * The level whose clauses count. An adapter that runs in a single process is never certified for a cluster. Errors:
 * USAGE.
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
