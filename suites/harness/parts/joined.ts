/** Gives a clause cases of more than one kind. */
import fc from 'fast-check';
import type { Failure, Property, Scope, Situation, Subject, Trial, TrialRun } from '../engine/property.ts';

/** One kind of cases, like those of a property. */
export interface Part<Case> {
  /** Whether the adapter has what the cases need. */
  applies(subject: Subject): boolean;
  arbitrary(subject: Subject): fc.Arbitrary<Case>;
  examples(subject: Subject): readonly Case[];
  /** See Property. */
  lateExamples?(subject: Subject): readonly Case[];
  situations(subject: Subject): readonly Situation<Case>[];
  trial(input: Case, scope: Scope, subject: Subject): Trial;
  judge(run: TrialRun<Case>): Failure | undefined;
}

type Joined<Main, Extra> = { readonly main: Main } | { readonly extra: Extra };

/** One in this many generated cases is of the additional kind. */
const SHARE = 10;

/** `main` with additional cases of `part`. */
export function joined<Main, Extra>(main: Property<Main>, part: Part<Extra>): Property<Joined<Main, Extra>> {
  return {
    ...main,
    arbitrary: (subject) => {
      const own = kind('main', main.arbitrary(subject));
      if (!part.applies(subject)) return own;
      return fc.oneof(
        { weight: SHARE - 1, arbitrary: own },
        { weight: 1, arbitrary: kind('extra', part.arbitrary(subject)) },
      );
    },
    examples: (subject) => [
      ...(main.examples?.(subject) ?? []).map((input) => ({ main: input })),
      ...(part.applies(subject) ? part.examples(subject).map((input) => ({ extra: input })) : []),
    ],
    lengthyExamples: (subject) => (main.lengthyExamples?.(subject) ?? []).map((input) => ({ main: input })),
    lateExamples: (subject) => [
      ...(main.lateExamples?.(subject) ?? []).map((input) => ({ main: input })),
      ...(part.applies(subject) ? (part.lateExamples?.(subject) ?? []) : []).map((input) => ({
        extra: input,
      })),
    ],
    situations: (subject) => [
      ...(main.situations?.(subject) ?? []).map((one) => lifted<Main, Joined<Main, Extra>>(one, mainRun)),
      ...(part.applies(subject) ? part.situations(subject) : []).map((one) =>
        lifted<Extra, Joined<Main, Extra>>(one, extraRun),
      ),
    ],
    trial: (input, scope, subject) =>
      'main' in input ? main.trial(input.main, scope, subject) : part.trial(input.extra, scope, subject),
    judge: (run) => {
      const own = mainRun<Main, Extra>(run);
      const extra = extraRun<Main, Extra>(run);
      return own === undefined ? extra && part.judge(extra) : main.judge(own);
    },
    exercised: (run) => {
      const own = mainRun<Main, Extra>(run);
      return own === undefined || (main.exercised?.(own) ?? true);
    },
  };
}

/** Records can be shrunk even if they were not generated, like examples. */
function kind<Name extends string, Case>(
  name: Name,
  arbitrary: fc.Arbitrary<Case>,
): fc.Arbitrary<{ readonly [key in Name]: Case }> {
  const model = { [name]: arbitrary } as { [key in Name]: fc.Arbitrary<Case> };
  return fc.record(model) as unknown as fc.Arbitrary<{ readonly [key in Name]: Case }>;
}

function mainRun<Main, Extra>(run: TrialRun<Joined<Main, Extra>>): TrialRun<Main> | undefined {
  return 'main' in run.input ? { ...run, input: run.input.main } : undefined;
}

function extraRun<Main, Extra>(run: TrialRun<Joined<Main, Extra>>): TrialRun<Extra> | undefined {
  return 'extra' in run.input ? { ...run, input: run.input.extra } : undefined;
}

function lifted<Case, Whole>(
  situation: Situation<Case>,
  narrowed: (run: TrialRun<Whole>) => TrialRun<Case> | undefined,
): Situation<Whole> {
  return {
    name: situation.name,
    occurred: (run) => {
      const own = narrowed(run);
      return own !== undefined && situation.occurred(own);
    },
  };
}
