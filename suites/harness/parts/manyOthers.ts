/** Many records of a kind are stored after the first few. The first ones must not be forgotten because of them. */
import fc from 'fast-check';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import type { Failure, Scope, Subject, Trial, TrialRun } from '../engine/property.ts';
import { atOnce, MANY_OTHERS } from '../vocabulary/limits.ts';
import type { Part } from './joined.ts';

interface Case {
  readonly others: number;
}

/** A kind of record of which there may be many, and how to check that one of them is still known. */
export interface Kind {
  /** Completes "no run had …", for example: `an answer that was read`. */
  readonly situation: string;
  applies(subject: Subject): boolean;
  /** Stores the record with this number. Records with numbers below FIRST are checked. */
  store(number: number, scope: Scope): CallStep;
  /** Checks whether the record with this number is known. */
  look(number: number, scope: Scope): Step;
  /** Steps that show the effects of the checks. Default: none. */
  finale?(scope: Scope): NonNullable<Trial['finale']>;
  /** `others`: how many records were stored after the first ones. */
  judge(run: TrialRun<unknown>, others: number): Failure | undefined;
}

/** How many records are stored before the others. They are checked after the others were stored. */
export const FIRST = 3;

export function manyOthers(kind: Kind): Part<Case> {
  return {
    applies: (subject) => kind.applies(subject),
    arbitrary: () => fc.record({ others: fc.integer({ min: 1, max: 10 }) }),
    examples: () => [{ others: MANY_OTHERS }],
    situations: () => [
      {
        name: `${kind.situation} after ${MANY_OTHERS} others had been stored`,
        occurred: ({ input, setup }) => input.others === MANY_OTHERS && setup.length > MANY_OTHERS,
      },
    ],
    trial: ({ others }, scope) => {
      const first = Array.from({ length: FIRST }, (_, index) => index);
      const rest = Array.from({ length: others }, (_, index) => kind.store(FIRST + index, scope));
      return {
        setup: [...first.map((number) => kind.store(number, scope)), ...atOnce(rest)],
        actors: [{ instance: 0, steps: first.map((number) => kind.look(number, scope)) }],
        ...(kind.finale === undefined ? {} : { finale: kind.finale(scope) }),
      };
    },
    judge: (run) => kind.judge(run, run.input.others),
  };
}
