/** Programs of one actor that are listed, not generated. Each answer is known in advance. */
import fc from 'fast-check';
import type { StorageErrorCode, Surface } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Failure, Scope, Situation, Subject, TrialRun } from '../engine/property.ts';
import { tried } from '../engine/tried.ts';
import { codeOf, valueOf } from '../judging/observe.ts';
import { literal } from '../judging/same.ts';
import { stepsOf, unexpectedError, unplanned, type Planned } from '../cases/plan.ts';
import type { Part } from './joined.ts';

export interface ListedProgram {
  /** The name of the situation: `a claim of a job that was deleted`. */
  readonly what: string;
  /** The program is left out if one of these surfaces is missing. Default: the clause's own surfaces are enough. */
  readonly needs?: readonly Surface[];
  /** Ids that it uses as they are, in a namespace of its own. Adapters that do not take them leave it out. */
  readonly ids?: readonly string[];
  readonly plan: (scope: Scope) => readonly Planned[];
  /** Whether the program reached its point. Default: it did if every step was run. */
  readonly cameToIt?: (run: TrialRun<Case>) => boolean;
}

interface Case {
  readonly program: string;
}

export function listedPrograms(
  programs: readonly ListedProgram[],
  applies: (subject: Subject) => boolean,
): Part<Case> {
  const named = ({ program }: Case): ListedProgram =>
    programs.find(({ what }) => what === program) as ListedProgram;
  const of = ({ surfaces, idSpace }: Subject): readonly ListedProgram[] =>
    programs.filter(
      ({ needs = [], ids = [] }) =>
        needs.every((one) => surfaces.includes(one)) && ids.every((id) => idSpace?.allows(id) ?? true),
    );
  return {
    applies,
    arbitrary: (subject) => fc.record({ program: fc.constantFrom(...of(subject).map(({ what }) => what)) }),
    examples: (subject) => of(subject).map(({ what }) => ({ program: what })),
    situations: (subject) => of(subject).map((program) => situationOf(program)),
    trial: (input, scope) => ({
      actors: [{ instance: 0, steps: stepsOf(named(input).plan(scope)) }],
      ...(named(input).ids === undefined ? {} : { freshNamespace: true }),
    }),
    judge: ({ input, main, scope }) => unplanned(named(input).plan(scope), main.records),
  };
}

function situationOf({ what, cameToIt }: ListedProgram): Situation<Case> {
  const told = tried<Case>(what, ({ program }) => program === what);
  return { name: what, occurred: (run) => told.occurred(run) && (cameToIt?.(run) ?? true) };
}

/** The check that `shown` of an answer is `expected`. `what` completes "although". */
export function answers(
  expected: unknown,
  what: string,
  shown: (value: unknown) => unknown = (value) => value,
): NonNullable<Planned['check']> {
  return (record: StepRecord): Failure | undefined => {
    const failed = unexpectedError(record);
    const value = failed === undefined ? shown(valueOf(record)) : undefined;
    if (failed === undefined && value === expected) return undefined;
    return {
      summary: `The answer was ${failed === undefined ? literal(value) : failed.actual}, although ${what}.`,
      expected: literal(expected),
      actual: failed?.actual ?? literal(value),
    };
  };
}

/** The check that a call is refused with `expected`. `what` completes "although". */
export function refuses(
  what: string,
  expected: StorageErrorCode = 'CONFLICT',
): NonNullable<Planned['check']> {
  return (record: StepRecord): Failure | undefined => {
    const code = codeOf(record);
    if (code === expected) return undefined;
    return {
      summary: `The call ended in ${code ?? 'success'}, although ${what}.`,
      expected: `${expected}, and nothing is changed`,
      actual: code ?? 'success',
    };
  };
}
