/** A failing program with one of its conditions taken away. Its steps keep their places. */
import type { Step } from '../../../scenarios/host/language/program.ts';
import type { Trial } from '../engine/property.ts';

/** `unmoved`: nobody moves a clock. `unbounded`: no wait for a lock has a bound. */
export type Condition = 'unmoved' | 'unbounded';

export function varied(trial: Trial, conditions: readonly Condition[]): Trial {
  return conditions.reduce((before, condition) => changeSteps(before, CHANGES[condition]), trial);
}

/** Whether there is something to take away. */
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
