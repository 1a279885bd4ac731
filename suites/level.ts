/** The levels and the verdict that follow from clause results. */
import { CLAUSES, LEVELS, type Level } from '../adapters/contract/index.ts';
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

export interface Conclusion {
  /** The highest level that is given; null: none. */
  readonly level: Level | null;
  readonly levels: LevelStatuses;
  readonly verdict: Verdict;
}

/** Nothing is known yet. */
export const NO_LEVELS: LevelStatuses = levelStatuses([]);

export function levelOf(clauses: readonly ClauseResult[], requestedLevel: Level): Conclusion {
  const levels = levelStatuses(clauses);
  const level = LEVELS.findLast((candidate) => levels[candidate] === 'given') ?? null;
  return { level, levels, verdict: verdictOf(clauses, requestedLevel) };
}

function levelStatuses(clauses: readonly ClauseResult[]): LevelStatuses {
  const statusOf = new Map(clauses.map(({ clause, status }) => [clause, status]));
  let below: LevelStatus = 'given';
  const entries = LEVELS.map((level) => {
    const own = ownStatus(
      CLAUSES.filter((clause) => clause.level === level).map((clause) => statusOf.get(clause.id)),
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
export function verdictOf(clauses: readonly ClauseResult[], requestedLevel: Level): Verdict {
  if (clauses.some((result) => result.status === 'violated')) return 'violated';
  const counted = new Set(
    CLAUSES.filter((clause) => LEVELS.indexOf(clause.level) <= LEVELS.indexOf(requestedLevel)).map(
      ({ id }) => id,
    ),
  );
  const doubtful = clauses.some(
    (result) =>
      result.status === 'inconclusive' ||
      result.status === 'error' ||
      (result.status === 'not-run' && counted.has(result.clause) && !isElsewhere(result)),
  );
  return doubtful || !clauses.some((result) => result.status === 'ok') ? 'inconclusive' : 'ok';
}
