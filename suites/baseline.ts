/** Known failures. They are reported but do not fail a run. An entry that holds by now does, until it is removed. */
import * as z from '../adapters/contract/zod.ts';
import { CLAUSES, findClause } from '../adapters/contract/index.ts';
import { parseJsonText } from '../scenarios/jsonText.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { verdictOf, type Asked } from './level.ts';
import type { ClauseResult, Verdict } from './result.ts';

export interface BaselineEntry {
  readonly clause: string;
  /** Why the clause fails, or where that is documented. */
  readonly reason: string;
}

/** The outcome of a certification according to its baseline. */
export interface BaselineOutcome {
  readonly entries: readonly BaselineEntry[];
  /** The ids of the entries that are violated. */
  readonly known: readonly string[];
  /** The ids of the entries that hold by now. */
  readonly stale: readonly string[];
  /** The verdict of the run: known failures are expected, and an entry that holds by now counts as a violation. */
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
 * The entries after a run. Entries that hold by now are removed, and new violations are added with a reason. Entries
 * that were not decided stay.
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

/** The text of a file, in the form that `parseBaseline` reads. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** Compares a certification with its baseline. An entry whose clause was not decided is neither known nor stale. */
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
