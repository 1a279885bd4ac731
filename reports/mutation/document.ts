/** The kill matrix as a document. */
import { CLAUSES } from '../../adapters/contract/index.ts';
import type { SpecimenResult } from '../../suites/mutation/mutation.ts';
import type { ClauseResult } from '../../suites/result.ts';
import type { ArticleBlock, Block, Chapter, CheckRow, ReportDocument } from '../document/model.ts';
import { formatMs, formatTime, plural } from '../words/format.ts';
import { violationArticle } from '../run/clauses.ts';
import { mutationStatus, tellingExam, type MutationReport } from './model.ts';
import { effortText, FATE_STATUS, fateText, mutationHeadline, othersText } from './words.ts';
import { PARTIAL_NOTICE, VERDICT_OF_STATUS } from '../recorded.ts';

export function mutationDocument(report: MutationReport): ReportDocument {
  return {
    about: [
      `lockstep ${report.lockstepVersion} mutants`,
      `${formatTime(report.startedAt)}, ${formatMs(report.durationMs)}, build ${report.buildId}`,
    ],
    ...mutationVerdict(report),
    ...(report.partial ? { notice: PARTIAL_NOTICE } : {}),
    summary: mutationSummary(report),
    chapters: [
      ...found(report, 'survived', 'Mutants that survived'),
      ...found(report, 'accused', 'Correct adapters that were accused'),
      ...found(report, 'undecided', 'Not decided'),
      {
        id: 'matrix',
        title: 'Kill matrix',
        blocks: [
          {
            kind: 'checks',
            noun: 'adapter',
            targets: ['result'],
            rows: report.specimens.map(rowOf),
            filter: true,
          },
        ],
      },
      ...grid(report),
      ...counterexamples(report),
    ],
  };
}

export function mutationVerdict(
  report: MutationReport,
): Pick<ReportDocument, 'status' | 'headline' | 'repeat'> {
  return {
    status: VERDICT_OF_STATUS[mutationStatus(report)],
    headline: mutationHeadline(report),
    repeat: report.repeat,
  };
}

export function mutationSummary(report: MutationReport): Block[] {
  const { runs, seeds, processes } = report;
  return [
    { kind: 'prose', text: effortText(report) },
    {
      kind: 'prose',
      tone: 'quiet',
      text: `at most ${plural(runs, 'run')} per clause, seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}, ${plural(processes, 'process', 'processes')}`,
    },
  ];
}

/** One line. For an accused equivalent, also the full violation. */
export function specimenBlocks(specimen: SpecimenResult, processes: number): Block[] {
  const line: Block = {
    kind: 'checks',
    noun: 'adapter',
    targets: ['result'],
    rows: [{ ...rowOf(specimen), text: '' }],
  };
  return specimen.fate === 'accused' ? [line, ...violations(specimen, processes)] : [line];
}

function rowOf(specimen: SpecimenResult): CheckRow {
  const { name, base, kind, clauses, fate, about } = specimen;
  const others = othersText(specimen);
  return {
    id: `${name} on ${base}`,
    text: about,
    note: kind === 'mutant' ? `made for ${clauses.join(', ')}` : 'every clause must hold',
    results: [
      {
        status: FATE_STATUS[fate],
        says: fateText(specimen),
        ...(others === '' || fate !== 'killed' ? {} : { effort: [`also violated: ${others}`] }),
      },
    ],
  };
}

/** The specimens with an unexpected fate. */
function found(report: MutationReport, fate: SpecimenResult['fate'], title: string): Chapter[] {
  const specimens = report.specimens.filter((one) => one.fate === fate);
  if (specimens.length === 0) return [];
  return [{ id: fate, title, blocks: specimens.map((one) => specimenArticle(one, report.processes)) }];
}

export function specimenArticle(specimen: SpecimenResult, processes: number): ArticleBlock {
  return {
    kind: 'article',
    status: FATE_STATUS[specimen.fate],
    name: `${specimen.name} on ${specimen.base}`,
    title: fateText(specimen),
    blocks: [{ kind: 'prose', text: specimen.about }, ...violations(specimen, processes)],
  };
}

function violations(specimen: SpecimenResult, processes: number): ArticleBlock[] {
  const context = { target: `mutant:${specimen.name}@${specimen.base}`, processes };
  return (tellingExam(specimen)?.clauses ?? [])
    .filter(isViolated)
    .map((result) => violationArticle(result, context));
}

/** How mutants were killed, folded. Text formats leave it out. */
function counterexamples({ specimens, processes }: MutationReport): Chapter[] {
  const killed = specimens.filter(({ fate }) => fate === 'killed');
  if (killed.length === 0) return [];
  return [
    {
      id: 'counterexamples',
      title: 'Counterexamples',
      isReference: true,
      blocks: killed.map((one) => ({ ...specimenArticle(one, processes), folded: true })),
    },
  ];
}

/** Which clause catches which bug, if all clauses examined the mutants. */
function grid({ specimens }: MutationReport): Chapter[] {
  const mutants = specimens.filter(({ kind }) => kind === 'mutant');
  const isFull = mutants.some(({ exams, clauses }) => (exams[0]?.clauses.length ?? 0) > clauses.length);
  if (!isFull) return [];
  const violatedIn = ({ exams }: SpecimenResult): Set<string> =>
    new Set(exams.flatMap((exam) => exam.clauses.filter(isViolated).map(({ clause }) => clause)));
  const rows = mutants.map((mutant) => ({ mutant, violated: violatedIn(mutant) }));
  return [
    {
      id: 'grid',
      title: 'Which clause sees which bug',
      isReference: true,
      blocks: [
        {
          kind: 'prose',
          tone: 'quiet',
          text: 'Violated clauses that were made for the mutant come first.',
        },
        {
          kind: 'table',
          head: ['mutant', 'made for it and violated', 'violated too'],
          rows: rows.map(({ mutant, violated }) => {
            const ids = CLAUSES.map(({ id }) => id).filter((id) => violated.has(id));
            const own = ids.filter((id) => mutant.clauses.includes(id));
            const rest = ids.filter((id) => !mutant.clauses.includes(id));
            return [`${mutant.name} on ${mutant.base}`, own.join(', ') || '–', rest.join(', ') || '–'];
          }),
        },
      ],
    },
  ];
}

function isViolated({ status }: ClauseResult): boolean {
  return status === 'violated';
}
