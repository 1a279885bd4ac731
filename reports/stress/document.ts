/** A stress run as a document. */
import type {
  ArticleBlock,
  Block,
  Chapter,
  CheckRow,
  ReportDocument,
  TableBlock,
} from '../document/model.ts';
import { formatCount, formatMs, formatTime } from '../words/format.ts';
import { cellsOf, keyOf, stressStatus, type StressReport, type StressRun } from './model.ts';
import { CELL_HEADS, cellTexts, effortText, runName, stressHeadline } from './words.ts';
import { PARTIAL_NOTICE, VERDICT_OF_STATUS } from '../recorded.ts';

export function stressDocument(report: StressReport): ReportDocument {
  const notOk = report.runs.filter(({ verdict }) => verdict !== 'ok');
  return {
    about: [
      `lockstep ${report.lockstepVersion} stress`,
      `${formatTime(report.startedAt)}, ${formatMs(report.durationMs)}, seed ${report.seed}`,
    ],
    ...stressVerdict(report),
    ...(report.partial ? { notice: PARTIAL_NOTICE } : {}),
    summary: [{ kind: 'prose', text: effortText(report) }],
    chapters: [
      ...(notOk.length === 0
        ? []
        : [
            {
              id: 'open',
              title: 'What did not hold, or could not be decided',
              blocks: notOk.map(loadArticle),
            },
          ]),
      { id: 'cells', title: 'Faults and targets', blocks: [cellTable(report)] },
      ...coverageChapter(report),
      { id: 'loads', title: 'Every load', isReference: true, blocks: loadChecks(report) },
    ],
  };
}

export function stressVerdict(report: StressReport): Pick<ReportDocument, 'status' | 'headline' | 'repeat'> {
  return {
    status: VERDICT_OF_STATUS[stressStatus(report)],
    headline: stressHeadline(report),
    repeat: report.repeat,
  };
}

/** How the run went, and the loads by fault and target. */
export function stressSummary(report: StressReport): Block[] {
  return [
    { kind: 'prose', text: effortText(report) },
    ...(report.runs.length === 0 ? [] : [cellTable(report)]),
  ];
}

function cellTable({ runs }: StressReport): TableBlock {
  return {
    kind: 'table',
    caption: 'Times until a stream was usable again: median / maximum',
    head: CELL_HEADS,
    numbersFrom: 2,
    rows: cellsOf(runs).map(cellTexts),
  };
}

/** How often each mix was driven under each fault. */
function coverageChapter(report: StressReport): Chapter[] {
  const { pairs = [], runs, leftOut = [] } = report;
  if (pairs.length === 0) return [];
  const driven = new Map<string, number>();
  for (const run of runs) driven.set(keyOf(run), (driven.get(keyOf(run)) ?? 0) + 1);
  const targets = [...new Set(pairs.map(({ target }) => target))];
  return [
    {
      id: 'coverage',
      title: 'What was run',
      blocks: [
        ...targets.map((target): TableBlock => {
          const own = pairs.filter((pair) => pair.target === target);
          const mixes = [...new Set(own.map(({ mix }) => mix))];
          const faults = [...new Set(own.map(({ fault }) => fault))];
          return {
            kind: 'table',
            caption: `Loads of ${target} by fault and mix`,
            head: ['fault', ...mixes],
            numbersFrom: 1,
            rows: faults.map((fault) => [
              fault ?? 'none',
              ...mixes.map((mix) => String(driven.get(keyOf({ target, mix, fault })) ?? '–')),
            ]),
          };
        }),
        ...leftOut.map(({ target, fault, why }): Block => ({
          kind: 'prose',
          text: [{ status: 'skipped', text: `${fault ?? 'no fault'} on ${target} was left out` }, `: ${why}`],
        })),
      ],
    },
  ];
}

/** One line. If the load is not ok, also the reason and the command that repeats it. */
export function stressRunBlocks(run: StressRun): Block[] {
  const line: Block = {
    kind: 'prose',
    text: [{ status: run.verdict, text: runName(run) }, { quiet: `  ${figuresText(run)}` }],
  };
  if (run.verdict === 'ok') return [line];
  return [
    line,
    { kind: 'prose', text: run.reason },
    { kind: 'command', label: 'repeat', command: run.repeat },
  ];
}

function loadChecks({ runs }: StressReport): Block[] {
  const targets = [...new Set(runs.map(({ target }) => target))];
  return targets.map((target) => ({
    kind: 'checks',
    noun: 'load',
    targets: [target],
    rows: runs.filter((run) => run.target === target).map(rowOf),
  }));
}

function rowOf(run: StressRun): CheckRow {
  return {
    id: `${run.mix}${run.fault === null ? '' : ` under ${run.fault}`}`,
    text: `seed ${run.seed}`,
    results: [{ status: run.verdict, effort: [figuresText(run)] }],
  };
}

function figuresText(run: StressRun): string {
  return `${formatCount(run.operations)} operations, ${run.struck} strikes, ${formatMs(run.durationMs)}`;
}

export function loadArticle(run: StressRun): ArticleBlock {
  const { broken, evidence } = run;
  return {
    kind: 'article',
    status: run.verdict,
    name: broken?.rule ?? run.verdict,
    title: runName(run),
    blocks: [
      { kind: 'prose', tone: 'lead', text: run.reason },
      ...(broken === undefined
        ? []
        : [{ kind: 'lanes', lanes: broken.lanes, about: broken.summary } as const]),
      ...(evidence === undefined
        ? []
        : [{ kind: 'facts', rows: [['evidence', { code: evidence }]] } as const]),
      { kind: 'command', label: 'repeat', command: run.repeat },
    ],
  };
}
