/** Trials whose steps are taken in a given order: for clauses about who waits for whom. */
import type { Actor, Decision, Step } from '../../../scenarios/host/language/program.ts';
import { describeStep } from '../failing/lanes.ts';
import { DEFAULT_PATIENCE_MS } from '../engine/interleaving.ts';
import type { Failure, Trial, TrialRun } from '../engine/property.ts';

/** An actor's turn in the order: one step. Later turns stand still until it is done. */
export interface Turn {
  readonly actor: number;
  readonly step: Step;
  /** It is expected to wait for a later turn. It need not wait. */
  readonly waits: boolean;
}

export const turn = (actor: number, step: Step): Turn => ({ actor, step, waits: false });
export const waits = (actor: number, step: Step): Turn => ({ actor, step, waits: true });

/** Actors and order of a trial. `instances` says on which instance an actor lives; default: its own number. */
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
 * The first turn that did not finish within the trial's patience although everybody else stood still. An adapter
 * that runs a callback again leaves the order: then it says nothing.
 */
export function overdue({ main, trial }: TrialRun<unknown>): Decision | undefined {
  if (main.records.some(({ attempt }) => attempt > 1)) return undefined;
  for (const [index, expected] of (trial.order ?? []).entries()) {
    const taken = main.order[index];
    // Its actor could not be released: the step before it was still under way.
    if (taken?.actor !== expected.actor) return { ...expected, step: expected.step - 1, blocked: true };
    if (taken.blocked && !expected.blocked) return taken;
  }
  return undefined;
}

/** `overdue` for a stranger. */
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
