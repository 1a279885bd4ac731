/** Situations of clauses with one actor whose steps are all known in advance. */
import { observed } from '../judging/observe.ts';
import type { Situation, Subject } from './property.ts';

/** The situation that all steps of a case for which `isOf` holds were run. Steps after a failed section are skipped. */
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
