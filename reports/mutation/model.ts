/** The kill matrix: what `lockstep mutants` found, and all that its renderers are given. */
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
  /** Which suites were examined: those of one build of lockstep. */
  readonly buildId: string;
  /** ISO-8601 UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The command that repeats it. */
  readonly repeat: string;
  /** Generated programs a clause at most. */
  readonly runs: number;
  readonly seeds: readonly number[];
  readonly processes: number;
  /** Whether it was interrupted. */
  readonly partial: boolean;
  readonly specimens: readonly SpecimenResult[];
}

/** How many specimens met each fate; fates that none met are left out. */
export function countFates(specimens: readonly SpecimenResult[]): readonly (readonly [Fate, number])[] {
  return FATES.map((fate) => [fate, specimens.filter((one) => one.fate === fate).length] as const).filter(
    ([, count]) => count > 0,
  );
}

/** A kill as the matrix shows it. */
export interface Kill {
  readonly clause: string;
  /** The run that found it, from 1. */
  readonly run: number;
  /** Until the clause was decided, shrinking included. */
  readonly durationMs: number;
}

/** The kills of a mutant, one an exam in which it was killed. */
export function killsOf(specimen: SpecimenResult): Kill[] {
  return specimen.exams.flatMap((exam) => {
    const killer = killerOf(specimen, exam);
    if (killer === undefined) return [];
    const { clause, counterexample, runs, durationMs } = killer;
    return [{ clause, run: counterexample?.run ?? runs, durationMs }];
  });
}

/** The exam to show: the first that ended as the specimen did. */
export function tellingExam({ exams, fate }: SpecimenResult): Exam | undefined {
  return exams.find((exam) => exam.fate === fate);
}

/** The middle one, the lower of two. Of none: undefined. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

/** 0 every mutant was killed and nobody accused, 1 a mutant survived or a correct adapter was accused, 3 undecided. */
export function mutationStatus({ specimens, partial }: MutationReport): 0 | 1 | 3 {
  const fates = new Set(specimens.map(({ fate }) => fate));
  if (fates.has('survived') || fates.has('accused')) return 1;
  return fates.has('undecided') || partial ? 3 : 0;
}
