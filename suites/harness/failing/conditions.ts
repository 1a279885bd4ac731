/** Removes conditions from a failing program. Its steps keep their places. */
import type { Step } from '../../../scenarios/host/language/program.ts';
import type { Trial } from '../engine/property.ts';

/** `unmoved`: no clock is moved. `unbounded`: no wait for a lock is bounded. */
export type Condition = 'unmoved' | 'unbounded';

export function varied(trial: Trial, conditions: readonly Condition[]): Trial {
  return conditions.reduce((before, condition) => changeSteps(before, CHANGES[condition]), trial);
}

/** Whether the trial has the condition, so that it can be removed. */
export function canVary(trial: Trial, condition: Condition): boolean {
  const change = CHANGES[condition];
  return trial.actors.some(({ steps }) => steps.some((step) => change(step) !== step));
}

const CHANGES: Readonly<Record<Condition, (step: Step) => Step>> = {
  unmoved: (step) => (step.do === 'advance' && step.ms !== 0 ? { ...step, ms: 0 } : step),
  unbounded: (step) => {
    if (step.do !== 'enter' || step.timeoutMs === undefined) return step;
    const { timeoutMs: _bound, ...rest } = step;
    return rest;
  },
};

function changeSteps(trial: Trial, change: (step: Step) => Step): Trial {
  return {
    ...trial,
    actors: trial.actors.map((actor) => ({ ...actor, steps: actor.steps.map(change) })),
  };
}
