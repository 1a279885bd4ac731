/** Calls that an actor made without waiting for them. */
import { nowNs } from './clock.ts';
import { performStep, type StepContext } from './execute.ts';
import type { StepOutcome } from '../language/history.ts';
import type { Step } from '../language/program.ts';
import type { LockCall } from './section.ts';
import { settle, type Settled } from '../language/settlement.ts';

type SpawnStep = Extract<Step, { readonly do: 'spawn' }>;

/** The outcome of a call, when it was made and settled (in nanoseconds), and in which run of which callback. */
interface Joined {
  readonly section: Pick<LockCall, 'number' | 'attempt'> | undefined;
  readonly call: number;
  readonly return: number;
  readonly outcome: StepOutcome;
}

export class SpawnedCalls {
  readonly #calls = new Map<string, Promise<Joined>>();
  /** Functions that let late answers through. */
  readonly #late = new Map<string, () => void>();

  /**
   * Makes the call now or later. Resolves when the call is in progress. An error is kept, because an unhandled
   * rejection would end the process.
   */
  async start(
    step: SpawnStep,
    context: StepContext,
    section: LockCall | undefined,
    outcomeOf: (settlement: Settled) => StepOutcome,
  ): Promise<void> {
    const inside = section === undefined ? undefined : { number: section.number, attempt: section.attempt };
    const call = async (): Promise<void> => {
      const made = settled(step, context, step.whenOver === true ? section?.over : undefined, outcomeOf);
      const joined = made.then((rest) => ({ section: inside, ...rest }));
      this.#calls.set(step.as, joined);
      await joined;
    };
    const { late } = context.instance;
    if (step.late === undefined || late === undefined) void call();
    else this.#late.set(step.as, await late.hold(call, step.late));
  }

  /** The outcome of the latest call with this name; it is used up by this. Undefined: there is none. */
  async take(name: string): Promise<Joined | undefined> {
    const call = this.#calls.get(name);
    this.#calls.delete(name);
    this.#late.get(name)?.();
    this.#late.delete(name);
    return call;
  }
}

/** Never rejects. */
async function settled(
  { call: step }: SpawnStep,
  context: StepContext,
  before: Promise<void> | undefined,
  outcomeOf: (settlement: Settled) => StepOutcome,
): Promise<Omit<Joined, 'section'>> {
  if (before !== undefined) await before;
  const call = nowNs();
  const settlement = await settle(() => performStep(step, context));
  const at = nowNs();
  return { call, return: at, outcome: outcomeOf(settlement) };
}
