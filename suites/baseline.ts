/** Known failures: they are reported and do not fail a run, and one that passes now does, until it is taken out. */
import * as z from '../adapters/contract/zod.ts';
import { CLAUSES, findClause } from '../adapters/contract/index.ts';
import { parseJsonText } from '../scenarios/jsonText.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { verdictOf, type Asked } from './level.ts';
import type { ClauseResult, Verdict } from './result.ts';

export interface BaselineEntry {
  readonly clause: string;
  /** Why it fails, or where that is written. */
  readonly reason: string;
}

/** A certification beside its baseline. */
export interface BaselineOutcome {
  readonly entries: readonly BaselineEntry[];
  /** Ids of the entries that are violated. */
  readonly known: readonly string[];
  /** Ids of the entries that hold now. */
  readonly stale: readonly string[];
  /** What the run is judged by: known failures count as expected, an entry that holds now as a violation. */
  readonly verdict: Verdict;
}

const schema = z.array(
  z.strictObject({
    clause: z.string().refine((id) => findClause(id) !== undefined, {
      error: ({ input }) => `"${String(input)}" is not a clause; "lockstep clauses" lists them`,
    }),
    reason: z.string().trim().min(1, 'expected a reason, got nothing'),
  }),
);

/** The entries in `text`. Errors: USAGE. */
export function parseBaseline(text: string, name: string): readonly BaselineEntry[] {
  const wrong = (what: string, cause?: unknown): LockstepError =>
    new LockstepError(
      'USAGE',
      `--baseline ${name}: expected a JSON list such as [{"clause": "LOCK-03", "reason": "issue 12"}]; ${what}.`,
      { cause },
    );
  const entries = parseJsonText(text, schema, wrong);
  const ids = entries.map(({ clause }) => clause);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw wrong(`${twice} is in it twice`);
  return entries;
}

/**
 * The entries after a run: what holds now is gone, violations that nobody has listed come with what was found. What was not decided
 * stays as it was.
 */
export function updatedBaseline(
  entries: readonly BaselineEntry[],
  clauses: readonly ClauseResult[],
): readonly BaselineEntry[] {
  const listed = new Map(entries.map((entry) => [entry.clause, entry]));
  for (const { clause, status, counterexample } of clauses) {
    if (status === 'ok') listed.delete(clause);
    if (status === 'violated' && !listed.has(clause))
      listed.set(clause, { clause, reason: counterexample?.summary ?? 'found by lockstep' });
  }
  return CLAUSES.flatMap(({ id }) => listed.get(id) ?? []);
}

/** The text of a file that `parseBaseline` reads. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** An entry whose clause was not decided is neither known nor stale. */
export function besideBaseline(
  clauses: readonly ClauseResult[],
  asked: Asked,
  entries: readonly BaselineEntry[],
): BaselineOutcome {
  const ids = new Set(entries.map(({ clause }) => clause));
  const listed = clauses.filter(({ clause }) => ids.has(clause));
  const known = listed.filter(({ status }) => status === 'violated').map(({ clause }) => clause);
  const stale = listed.filter(({ status }) => status === 'ok').map(({ clause }) => clause);
  const expected = clauses.map((result) =>
    known.includes(result.clause) ? { ...result, status: 'ok' as const } : result,
  );
  const verdict = stale.length > 0 ? 'violated' : verdictOf(expected, asked);
  return { entries, known, stale, verdict };
}
