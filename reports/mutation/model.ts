/** The kill matrix: the result of `lockstep mutants`, as its renderers receive it. */
import {
  FATES,
  killerOf,
  type Exam,
  type Fate,
  type SpecimenResult,
} from '../../suites/mutation/mutation.ts';

export interface MutationReport {
  readonly schemaVersion: 1;
  readonly kind: 'mutants';
  readonly lockstepVersion: string;
  readonly contractVersion: string;
  /** The build of lockstep whose suites were examined. */
  readonly buildId: string;
  /** ISO-8601 in UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The command that repeats it. */
  readonly repeat: string;
  /** The most generated programs per clause. */
  readonly runs: number;
  readonly seeds: readonly number[];
  readonly processes: number;
  /** Whether the campaign was interrupted. */
  readonly partial: boolean;
  readonly specimens: readonly SpecimenResult[];
}

/** The number of specimens per fate. Fates that did not occur are left out. */
export function countFates(specimens: readonly SpecimenResult[]): readonly (readonly [Fate, number])[] {
  return FATES.map((fate) => [fate, specimens.filter((one) => one.fate === fate).length] as const).filter(
    ([, count]) => count > 0,
  );
}

/** A kill in the form that the matrix shows. */
export interface Kill {
  readonly clause: string;
  /** The run that found the bug, from 1. */
  readonly run: number;
  /** The time until the clause was decided, including shrinking. */
  readonly durationMs: number;
}

/** The kills of a mutant: one per exam in which it was killed. */
export function killsOf(specimen: SpecimenResult): Kill[] {
  return specimen.exams.flatMap((exam) => {
    const killer = killerOf(specimen, exam);
    if (killer === undefined) return [];
    const { clause, counterexample, runs, durationMs } = killer;
    return [{ clause, run: counterexample?.run ?? runs, durationMs }];
  });
}

/** The exam to show: the first one with the fate of the specimen. */
export function tellingExam({ exams, fate }: SpecimenResult): Exam | undefined {
  return exams.find((exam) => exam.fate === fate);
}

/** The median; of two middle values, the lower one. Undefined: there are no values. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

/**
 * 0: every mutant was killed and no equivalent accused. 1: a mutant survived or an equivalent was accused. 3:
 * undecided.
 */
export function mutationStatus({ specimens, partial }: MutationReport): 0 | 1 | 3 {
  const fates = new Set(specimens.map(({ fate }) => fate));
  if (fates.has('survived') || fates.has('accused')) return 1;
  return fates.has('undecided') || partial ? 3 : 0;
}
