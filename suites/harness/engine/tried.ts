/** Situations of clauses whose one actor takes steps that are all known in advance. */
import { observed } from '../judging/observe.ts';
import type { Situation, Subject } from './property.ts';

/** A case that `isOf` holds for, of whose steps every one was taken: what comes after a section that failed is left out. */
export function tried<Case>(name: string, isOf: (input: Case, subject: Subject) => boolean): Situation<Case> {
  return {
    name,
    occurred: (run) => {
      if (!isOf(run.input, run.subject)) return false;
      const taken = new Set(observed(run).map(({ record }) => `${record.actor} ${record.step}`));
      const steps = run.trial.actors.reduce((count, { steps }) => count + steps.length, 0);
      return steps > 0 && taken.size === steps;
    },
  };
}
