/** The level and the verdict that follow from clause results. */
import { CLAUSES, LEVELS, type Level } from '../adapters/contract/index.ts';
import type { ClauseResult, Verdict } from './result.ts';

export function levelOf(
  clauses: readonly ClauseResult[],
  requestedLevel: Level,
): { readonly level: Level | null; readonly verdict: Verdict } {
  const statusOf = new Map(clauses.map((result) => [result.clause, result.status]));
  const held = (level: Level): boolean =>
    CLAUSES.filter((clause) => clause.level === level).every((clause) => {
      const status = statusOf.get(clause.id);
      return status === 'ok' || status === 'not-applicable';
    });
  let level: Level | null = null;
  for (const candidate of LEVELS.slice(0, LEVELS.indexOf(requestedLevel) + 1)) {
    if (!held(candidate)) break;
    level = candidate;
  }
  return { level, verdict: verdictOf(clauses, requestedLevel) };
}

/** What was left out by the user or lies above the level does not count; a counted clause without a check does. */
function verdictOf(clauses: readonly ClauseResult[], requestedLevel: Level): Verdict {
  if (clauses.some((result) => result.status === 'violated')) return 'violated';
  const counted = new Set(
    CLAUSES.filter((clause) => LEVELS.indexOf(clause.level) <= LEVELS.indexOf(requestedLevel)).map(
      ({ id }) => id,
    ),
  );
  const doubtful = clauses.some(
    ({ clause, status }) =>
      status === 'inconclusive' || status === 'error' || (status === 'not-run' && counted.has(clause)),
  );
  return doubtful || !clauses.some((result) => result.status === 'ok') ? 'inconclusive' : 'ok';
}
