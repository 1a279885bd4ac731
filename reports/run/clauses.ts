/** Clause results as blocks: one line, or a full violation. */
import { CLAUSES, findClause } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import type { ClauseResult } from '../../suites/result.ts';
import type { ArticleBlock, Block, Check, ChecksBlock, CheckRow } from '../document/model.ts';
import { formatMs, plural } from '../words/format.ts';
import type { Certification } from '../model.ts';
import { againFacts, clauseText, effortParts, hintFacts } from '../words/words.ts';
import { repeatClause, type ClauseContext } from '../words/repeat.ts';

/** The blocks for a clause when it is decided: its line, or its full violation. */
export function clauseBlocks(result: ClauseResult, context: ClauseContext): Block[] {
  return result.status === 'violated'
    ? [violationArticle(result, context)]
    : [clauseChecks([context.target], [rowOf(result.clause, [result], false)])];
}

/** All clauses that were reached, by target. Violations link to their explanations. */
export function clauseTable(certifications: readonly Certification[]): ChecksBlock {
  const rows = clauseIds(certifications).map((id) => {
    const results = certifications.map(({ clauses }) => clauses.find(({ clause }) => clause === id));
    return rowOf(id, results, true);
  });
  return {
    ...clauseChecks(
      certifications.map(({ target }) => target.spec),
      rows,
    ),
    filter: true,
  };
}

function clauseChecks(targets: readonly string[], rows: readonly CheckRow[]): ChecksBlock {
  return { kind: 'checks', noun: 'clause', targets, rows };
}

function rowOf(id: string, results: readonly (ClauseResult | undefined)[], isLinked: boolean): CheckRow {
  const level = findClause(id)?.level;
  return {
    id,
    text: clauseText(id),
    ...defined({ note: level }),
    results: results.map((result, index) =>
      result === undefined ? undefined : checkOf(result, isLinked ? anchorOf(index, id) : undefined),
    ),
  };
}

function checkOf(result: ClauseResult, to: string | undefined): Check {
  const { status, reason, situations = [] } = result;
  return {
    status,
    effort: effortParts(result),
    ...defined({ reason }),
    ...(situations.length === 0
      ? {}
      : {
          folded: {
            title: plural(situations.length, 'situation'),
            items: situations.map(({ situation, runs }) => [situation, ' ', { quiet: plural(runs, 'run') }]),
          },
        }),
    ...(status === 'violated' && to !== undefined ? { to } : {}),
  };
}

/** In the order of the contract. Unknown clauses come last. */
function clauseIds(certifications: readonly Certification[]): string[] {
  const present = new Set(certifications.flatMap(({ clauses }) => clauses.map(({ clause }) => clause)));
  const known = CLAUSES.map(({ id }) => id).filter((id) => present.has(id));
  return [...known, ...[...present].filter((id) => findClause(id) === undefined)];
}

/** The id of the article that shows a violation. */
export function anchorOf(certification: number, clause: string): string {
  return `violation-${certification + 1}-${clause.replace(/[^A-Za-z0-9-]/g, '')}`;
}

/** The clause, the picture, what was expected and found, the likely cause, and the command that repeats it. */
export function violationArticle(result: ClauseResult, context: ClauseContext, id?: string): ArticleBlock {
  const found = result.counterexample;
  return {
    kind: 'article',
    ...defined({ id }),
    status: result.status,
    name: result.clause,
    title: clauseText(result.clause),
    blocks: [
      { kind: 'prose', tone: 'quiet', text: `${context.target}: ${effortText(result)}` },
      ...(found === undefined
        ? []
        : ([
            { kind: 'prose', tone: 'lead', text: found.summary },
            { kind: 'lanes', lanes: found.lanes, about: found.summary },
            {
              kind: 'facts',
              rows: [
                ['expected', found.expected],
                ['actual', found.actual],
                ...againFacts(found),
                ...hintFacts(found),
              ],
            },
          ] as const)),
      { kind: 'command', label: 'repeat', command: repeatClause(result, context) },
    ],
  };
}

/** `violated in run 14 of 100, 3.1 s, shrunk 3 times, seed 7`. */
function effortText({ runs, durationMs, counterexample, seed }: ClauseResult): string {
  const found = counterexample?.run;
  const shrinks = counterexample?.shrinks ?? 0;
  return [
    `violated in ${found === undefined ? plural(runs, 'run') : `run ${found} of ${runs}`}`,
    formatMs(durationMs),
    ...(shrinks === 0 ? [] : [`shrunk ${plural(shrinks, 'time')}`]),
    `seed ${seed}`,
  ].join(', ');
}
