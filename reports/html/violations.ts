/** What broke, for somebody who has never seen a checker, and how to see it again. */
import type { ClauseResult, Finding, RuleResult } from '../../suites/result.ts';
import { formatCount, formatMs, plural } from '../format.ts';
import type { Certification, LoadResult, RunResult } from '../model.ts';
import {
  againFacts,
  clauseText,
  contextOf,
  hintFacts,
  meansControlFailure,
  repeatClause,
  repeatLoad,
  RULE_TEXTS,
  undecidedClauses,
} from '../words.ts';
import { sharedText, sharedViolations } from '../shared.ts';
import type { Chapter } from './header.ts';
import { markup, type Markup } from './markup.ts';
import { anchorOf, command, definitions, statusChip } from './parts.ts';
import { timelineFigure } from './timeline.ts';

/** Chapters for what is wrong and for what could not be decided; none when nothing is. */
export function violationChapters(run: RunResult): Chapter[] {
  const broken = [
    ...run.certifications.flatMap((certification, index) =>
      certification.clauses
        .filter((clause) => clause.status === 'violated')
        .map((clause) => clauseArticle(certification, index, clause)),
    ),
    ...run.loads.filter((load) => !load.negativeControl).flatMap((load) => loadArticles(run, load)),
  ];
  return [...chapter('broke', 'What broke', broken, inCommon(run)), ...undecided(run)];
}

/** The negative controls that were caught: what a violation looks like, and that this run can see one. */
export function controlChapters(run: RunResult): Chapter[] {
  const caught = run.loads.filter((load) => load.negativeControl && !meansControlFailure(load));
  return chapter(
    'caught',
    'Caught as expected',
    caught.flatMap((load) => loadArticles(run, load)),
    markup`<p class="lead">
      A negative control is known to break under this load. That it was caught shows that this run can see such
      a bug; it counts against nobody.
    </p>`,
  );
}

/** Which violations are one; nothing when none are. */
function inCommon(run: RunResult): Markup | undefined {
  const shared = run.certifications.flatMap(({ clauses }) => sharedViolations(clauses));
  if (shared.length === 0) return undefined;
  return markup`<ul>${shared.map((one) => markup`<li>${sharedText(one)}.</li>`)}</ul>`;
}

function chapter(id: string, title: string, articles: readonly Markup[], lead?: Markup): Chapter[] {
  return articles.length === 0 ? [] : [{ id, title, content: markup`${lead}${articles}` }];
}

function clauseArticle(certification: Certification, index: number, result: ClauseResult): Markup {
  const found = result.counterexample;
  const shrunk =
    found === undefined || found.shrinks === 0 ? [] : [`shrunk ${plural(found.shrinks, 'time')}`];
  const when = [
    ...(found === undefined ? [] : [`run ${found.run} of ${result.runs}`]),
    ...shrunk,
    formatMs(result.durationMs),
    `seed ${result.seed}`,
  ];
  return markup`<article class="violation" id="${anchorOf(index, result.clause)}">
    <h3><span class="clause-id">${result.clause}</span> ${clauseText(result.clause)}</h3>
    <p class="quiet">${certification.target.spec} · ${when.join(' · ')}</p>
    ${
      found === undefined
        ? undefined
        : markup`<p class="lead verbatim">${found.summary}</p>
            ${timelineFigure(found.lanes, found.summary)}`
    }
    ${definitions(
      found === undefined
        ? []
        : [['expected', found.expected], ['actual', found.actual], ...againFacts(found), ...hintFacts(found)],
    )}
    ${command(repeatClause(result, contextOf(certification)))}
  </article>`;
}

/** One article a violated rule, then where the evidence is and how to repeat the load. */
function loadArticles(run: RunResult, load: LoadResult): Markup[] {
  const violated = load.judgement.rules.filter((rule) => rule.verdict === 'violated');
  if (violated.length === 0) return [];
  return [
    ...violated.map((rule) => ruleArticle(load, rule)),
    markup`<div class="again">
      ${definitions([['evidence', markup`<code>${load.evidence}</code>`]])} ${command(repeatLoad(run, load))}
    </div>`,
  ];
}

function ruleArticle(load: LoadResult, rule: RuleResult): Markup {
  const [first, ...rest] = rule.findings;
  return markup`<article class="violation">
    <h3><span class="clause-id">${rule.rule}</span> ${RULE_TEXTS[rule.rule]}</h3>
    <p class="quiet">
      ${load.target.spec} under ${load.mix} · ${plural(rule.violations, 'violation')} · ${rule.detail}
    </p>
    ${first === undefined ? undefined : findingBody(first)}
    ${
      rest.length === 0
        ? undefined
        : markup`<details class="more">
            <summary>${moreText(rest.length, rule.violations - 1)}</summary>
            ${rest.map(findingBody)}
          </details>`
    }
  </article>`;
}

function moreText(kept: number, all: number): string {
  return kept === all
    ? plural(kept, 'more finding')
    : `${plural(kept, 'more finding')}, of ${formatCount(all)}`;
}

function findingBody(finding: Finding): Markup {
  return markup`<p class="lead verbatim">${finding.summary}</p>
    ${timelineFigure(finding.lanes, finding.summary)}`;
}

/** What counted and could not be decided, and why. */
function undecided(run: RunResult): Chapter[] {
  const rows = [
    ...run.certifications.flatMap((certification) =>
      undecidedClauses(certification).map((clause) =>
        row(
          statusChip(clause.status),
          clause.clause,
          certification.target.spec,
          clause.reason ?? 'no reason given',
        ),
      ),
    ),
    ...run.loads.flatMap((load) =>
      meansControlFailure(load)
        ? [
            row(
              statusChip('violated', 'not caught'),
              'negative control',
              load.target.spec,
              load.judgement.reason,
            ),
          ]
        : load.judgement.verdict === 'inconclusive'
          ? [row(statusChip('inconclusive'), load.mix, load.target.spec, load.judgement.reason)]
          : [],
    ),
  ];
  if (rows.length === 0) return [];
  return [
    {
      id: 'undecided',
      title: 'Not decided',
      content: markup`<ul class="undecided">
        ${rows}
      </ul>`,
    },
  ];
}

function row(status: Markup, what: string, target: string, reason: string): Markup {
  return markup`<li>
    ${status} <strong>${what}</strong> <span class="quiet">${target}</span><br />${reason}
  </li>`;
}
