/** A kill matrix in the form that renderers take. */
import type { SpecimenResult } from '../../suites/mutation/mutation.ts';
import { detailOf, type TestCase, type CaseGroup } from '../words/cases.ts';
import { renderJson } from '../renderers/json.ts';
import { BADGE_COLORS, MUTANTS_FILES, type Recorded } from '../recorded.ts';
import { mutationDocument, specimenArticle } from './document.ts';
import { mutationStatus, type MutationReport } from './model.ts';
import { fateText, mutationHeadline } from './words.ts';

export function recordedMutants(report: MutationReport): Recorded {
  const exitStatus = mutationStatus(report);
  return {
    files: MUTANTS_FILES,
    json: renderJson(report),
    document: mutationDocument(report),
    cases: () => casesOf(report),
    exitStatus,
    startedAt: report.startedAt,
    properties: {
      lockstep: report.lockstepVersion,
      contract: report.contractVersion,
      build: report.buildId,
      seeds: report.seeds.join(' '),
    },
    badge: { message: mutationHeadline(report), color: BADGE_COLORS[exitStatus] },
  };
}

/** One group per base, and one case per mutant and equivalent. */
function casesOf({ specimens, processes }: MutationReport): CaseGroup[] {
  const bases = [...new Set(specimens.map(({ base }) => base))];
  return bases.map((base) => {
    const cases = specimens.filter((one) => one.base === base).map((one) => caseOf(one, processes));
    return {
      name: `mutants on ${base}`,
      durationMs: cases.reduce((sum, { durationMs }) => sum + durationMs, 0),
      cases,
    };
  });
}

function caseOf(specimen: SpecimenResult, processes: number): TestCase {
  const { name, about, fate, exams } = specimen;
  const durationMs = exams.reduce((sum, exam) => sum + exam.durationMs, 0);
  const common = { id: name, name: about, durationMs, type: fate };
  switch (fate) {
    case 'killed':
    case 'passed':
      return { ...common, outcome: 'passed', message: '' };
    case 'survived':
    case 'accused':
      return {
        ...common,
        outcome: 'failed',
        message: fateText(specimen),
        detail: detailOf([specimenArticle(specimen, processes)]),
      };
    case 'undecided':
      return { ...common, outcome: 'error', message: fateText(specimen) };
    default:
      return fate satisfies never;
  }
}
