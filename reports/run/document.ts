/** A run as a document: the outcome by target, the violations, the undecided clauses, and then the figures. */
import type { ArticleBlock, Block, Chapter, ReportDocument } from '../document/model.ts';
import { formatMs, formatTime } from '../words/format.ts';
import type { Certification, RunResult } from '../model.ts';
import { sharedText, sharedViolations } from '../shared.ts';
import { knownFailure, meansControlFailure, undecidedClauses } from '../words/words.ts';
import { headline } from '../words/headline.ts';
import { contextOf } from '../words/repeat.ts';
import { certificationVerdict } from './certification.ts';
import { circumstances } from './circumstances.ts';
import { anchorOf, clauseTable, violationArticle } from './clauses.ts';
import { ruleArticles } from './brokenRules.ts';
import { loadVerdict, scenarioBlocks, scenariosOf, thresholdTables } from './loads.ts';
import { streamChapter } from './streams.ts';
import { timingTables } from './timings.ts';
import { PARTIAL_NOTICE, VERDICT_OF_STATUS } from '../recorded.ts';

export function runDocument(run: RunResult): ReportDocument {
  return {
    ...runVerdict(run),
    about: [
      `lockstep ${run.lockstepVersion} ${run.command}`,
      `${formatTime(run.startedAt)}, seed ${run.seed}, contract ${run.contractVersion}`,
    ],
    ...(run.partial
      ? {
          notice: PARTIAL_NOTICE,
        }
      : {}),
    summary: [
      ...run.certifications.map(certificationVerdict),
      ...run.loads.map(loadVerdict),
      ...thresholdTables(run.loads),
    ],
    chapters: [
      ...chapter('broke', 'What broke', [...inCommon(run), ...broken(run)]),
      ...chapter('undecided', 'Not decided', undecided(run)),
      ...[...scenariosOf(run.loads)].map(([name, loads], index) => ({
        id: `load-${index + 1}`,
        title: `Load: ${name}`,
        blocks: scenarioBlocks(loads),
      })),
      ...chapter('caught', 'Caught as expected', caught(run)),
      ...streamChapter(run.loads),
      ...(run.certifications.length === 0
        ? []
        : [
            {
              id: 'clauses',
              title: 'Clauses',
              isReference: true,
              blocks: [clauseTable(run.certifications)],
            },
          ]),
      ...chapter('time', 'Where the time went', timingTables(run.certifications)),
      circumstances(run),
    ],
  };
}

/** The end of a run: the verdict in one sentence, the duration, and the command that repeats the run. */
export function runVerdict(run: RunResult): Pick<ReportDocument, 'status' | 'headline' | 'repeat'> {
  const took =
    run.finishedAt === undefined
      ? ''
      : ` in ${formatMs(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`;
  return {
    status: run.partial && run.exitStatus !== 1 ? 'inconclusive' : VERDICT_OF_STATUS[run.exitStatus],
    headline: `${headline(run)}${took}`,
    repeat: run.repeat,
  };
}

function chapter(id: string, title: string, blocks: readonly Block[]): Chapter[] {
  return blocks.length === 0 ? [] : [{ id, title, blocks }];
}

/** Violations that have the same cause. */
function inCommon({ certifications }: RunResult): Block[] {
  return certifications
    .flatMap(({ clauses }) => sharedViolations(clauses))
    .map((one) => ({ kind: 'prose', tone: 'lead', text: `${sharedText(one)}.` }));
}

function broken(run: RunResult): ArticleBlock[] {
  return [
    ...run.certifications.flatMap((certification, index) =>
      certification.clauses
        .filter(({ status }) => status === 'violated')
        .map((result) => {
          const id = anchorOf(index, result.clause);
          return knownAs(certification, violationArticle(result, contextOf(certification), id));
        }),
    ),
    ...run.loads.filter(({ negativeControl }) => !negativeControl).flatMap((load) => ruleArticles(run, load)),
  ];
}

/** A violation that the baseline knows begins with the baseline's text, and is not drawn like one that counts. */
function knownAs(certification: Certification, article: ArticleBlock): ArticleBlock {
  const known = knownFailure(certification, article.name);
  if (known === undefined) return article;
  return {
    ...article,
    status: 'skipped',
    blocks: [{ kind: 'prose', text: { strong: known } }, ...article.blocks],
  };
}

/** The caught negative controls: they show what a violation looks like, and that this run could detect one. */
function caught(run: RunResult): Block[] {
  const articles = run.loads
    .filter((load) => load.negativeControl && !meansControlFailure(load))
    .flatMap((load) => ruleArticles(run, load))
    // It does not count against the adapter.
    .map((article) => ({ ...article, status: 'ok' as const }));
  if (articles.length === 0) return [];
  return [
    {
      kind: 'prose',
      tone: 'lead',
      text: 'A negative control is known to break under this load. Catching it shows that this run can detect such a bug. It does not count as a failure.',
    },
    ...articles,
  ];
}

/** What counted and could not be decided, with reasons. */
function undecided(run: RunResult): Block[] {
  return [
    ...run.certifications.flatMap((certification) =>
      undecidedClauses(certification).map(({ clause, status, reason = 'no reason given' }): Block => ({
        kind: 'prose',
        text: [
          { status },
          ' ',
          { strong: clause },
          { quiet: ` ${certification.target.spec}` },
          `: ${reason}`,
        ],
      })),
    ),
    ...run.loads.flatMap((load): Block[] => {
      const { target, mix, judgement } = load;
      const isMissed = meansControlFailure(load);
      if (!isMissed && (load.negativeControl || judgement.verdict !== 'inconclusive')) return [];
      const what = isMissed ? 'negative control' : mix;
      const chip = isMissed
        ? ({ status: 'violated', text: 'not caught' } as const)
        : ({ status: 'inconclusive' } as const);
      return [
        {
          kind: 'prose',
          text: [chip, ' ', { strong: what }, { quiet: ` ${target.spec}` }, `: ${judgement.reason}`],
        },
      ];
    }),
  ];
}
