/** Many others of a kind are stored after the first few: these must not be forgotten in favor of them. */
import fc from 'fast-check';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import type { Failure, Scope, Subject, Trial, TrialRun } from '../engine/property.ts';
import { atOnce, MANY_OTHERS } from '../vocabulary/limits.ts';
import type { Part } from './joined.ts';

interface Case {
  readonly others: number;
}

/** What there may be many of, and how it shows that one is still known. */
export interface Kind {
  /** Completes "no run had …": `an answer that was read`. */
  readonly situation: string;
  applies(subject: Subject): boolean;
  /** Stores the one with this number. Those with numbers below FIRST are looked at. */
  store(number: number, scope: Scope): CallStep;
  /** Shows whether the one with this number is known. */
  look(number: number, scope: Scope): Step;
  /** Steps that show what the looks have left behind. Default: none. */
  finale?(scope: Scope): NonNullable<Trial['finale']>;
  /** `others`: how many were stored since. */
  judge(run: TrialRun<unknown>, others: number): Failure | undefined;
}

/** So many are stored before the others, and looked at behind them. */
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
