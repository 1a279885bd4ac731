/** Trials whose steps run in a given order, for clauses about waiting. */
import type { Actor, Decision, Step } from '../../../scenarios/host/language/program.ts';
import { describeStep } from '../failing/lanes.ts';
import { DEFAULT_PATIENCE_MS } from '../engine/interleaving.ts';
import type { Failure, Trial, TrialRun } from '../engine/property.ts';

/** An actor's turn in the order: one step. Later turns do not begin until it is done. */
export interface Turn {
  readonly actor: number;
  readonly step: Step;
  /** Whether it is expected to wait for a later turn. It need not. */
  readonly waits: boolean;
}

export const turn = (actor: number, step: Step): Turn => ({ actor, step, waits: false });
export const waits = (actor: number, step: Step): Turn => ({ actor, step, waits: true });

/** The actors and the order of a trial. `instances`: the instance of each actor. Default: its own number. */
export function scripted(
  turns: readonly Turn[],
  instances: readonly number[] = [],
): Pick<Trial, 'actors' | 'order'> & { readonly order: readonly Decision[] } {
  const count = Math.max(-1, ...turns.map(({ actor }) => actor)) + 1;
  const steps = Array.from({ length: count }, (): Step[] => []);
  const order = turns.map(({ actor, step, waits: blocked }): Decision => {
    const own = steps[actor] as Step[];
    own.push(step);
    return { actor, step: own.length - 1, blocked };
  });
  const actors = steps.map((own, index): Actor => ({ instance: instances[index] ?? index, steps: own }));
  return { actors, order };
}

/**
 * The first turn that did not finish within the trial's patience although all other actors stood still. Undefined if
 * the adapter ran a callback again, because then the order does not hold.
 */
export function overdue({ main, trial }: TrialRun<unknown>): Decision | undefined {
  if (main.records.some(({ attempt }) => attempt > 1)) return undefined;
  for (const [index, expected] of (trial.order ?? []).entries()) {
    const taken = main.order[index];
    // Its actor could not be released, because its previous step was still in progress.
    if (taken?.actor !== expected.actor) return { ...expected, step: expected.step - 1, blocked: true };
    if (taken.blocked && !expected.blocked) return taken;
  }
  return undefined;
}

/** The failure that `overdue` shows, in words. */
export function overdueFailure(run: TrialRun<unknown>, expected: string): Failure | undefined {
  const late = overdue(run);
  if (late === undefined) return undefined;
  const { main, trial, scope } = run;
  const step = describeStep(trial.actors[late.actor]?.steps[late.step], scope);
  const patienceMs = trial.patienceMs ?? DEFAULT_PATIENCE_MS;
  return {
    summary: `"${step}" of actor ${late.actor + 1} was still waiting after ${patienceMs} ms in which no other actor made progress.`,
    expected,
    actual: 'it went on only after the others had gone on, or never',
    marked: main.records.filter(({ actor, step }) => actor === late.actor && step === late.step),
    byTime: true,
  };
}
