/**
 * Runs the steps of one actor. The steps inside a section run inside the adapter's callback, in its asynchronous
 * context: an adapter may know its own callers by that context alone.
 */
import { getEventListeners } from 'node:events';
import type { LockedView } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { mutateDeeply } from '../language/arguments.ts';
import { Garbage, snapshot } from '../language/codec.ts';
import { caught } from '../language/caught.ts';
import { nowNs } from './clock.ts';
import { adapterFor, SKIPPED, performStep, type Instance, type StepContext } from './execute.ts';
import { insteadOf, returnedBy, settle, thrownBy, type Settled } from '../language/settlement.ts';
import { Abandoned, Gate } from './gate.ts';
import { endsSection, matchSections } from '../language/normalize.ts';
import type { StepOutcome, StepRecord } from '../language/history.ts';
import type { Actor, Step } from '../language/program.ts';
import {
  lockCallOf,
  lockOptionsOf,
  startRun,
  throwsAtOnce,
  type ActorListener,
  type EnterStep,
  type LockCall,
  type ThrowStep,
} from './section.ts';
import { SpawnedCalls } from './spawned.ts';

/** The most often that an adapter may run one callback. */
export const MAX_ATTEMPTS = 10;

type SpawnStep = Extract<Step, { readonly do: 'spawn' }>;
type JoinStep = Extract<Step, { readonly do: 'join' }>;

export class ActorRunner {
  /** The actor waits here before each step, until the step is released. */
  readonly gate: Gate = new Gate();
  readonly #number: number;
  readonly #actor: Actor;
  readonly #instance: Instance;
  readonly #listener: ActorListener;
  readonly #leaveOf: ReadonlyMap<number, number>;
  readonly #enterOf: ReadonlyMap<number, number>;
  #position = 0;
  #saved = new Map<string, unknown>();
  #deadView: LockedView | undefined;
  #abortable: AbortController | undefined;
  readonly #spawned = new SpawnedCalls();

  /** `actor` must be normalized. */
  constructor(number: number, actor: Actor, instance: Instance, listener: ActorListener) {
    this.#number = number;
    this.#actor = actor;
    this.#instance = instance;
    this.#listener = listener;
    ({ leaveOf: this.#leaveOf, enterOf: this.#enterOf } = matchSections(actor.steps));
  }

  /** Runs all steps, each after its release. Rejects only for bugs of the harness. */
  async run(): Promise<void> {
    try {
      await this.#body(undefined);
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
    }
  }

  /** Aborts the signal of the latest abortable `enter`. */
  abort(): void {
    this.#abortable?.abort();
  }

  /** Runs steps until the end of `section`, or of the actor. */
  async #body(section: LockCall | undefined): Promise<void> {
    while (this.#position < this.#actor.steps.length) {
      await this.gate.pass();
      const index = this.#position;
      const step = this.#actor.steps[index] as Step;
      this.#listener.starts(this.#number, index);
      if (index === section?.leave) {
        if (step.do === 'throw') section.failure ??= { error: thrownBy(step) };
        return;
      }
      if (section?.failure !== undefined || (endsSection(step) && !this.#enterOf.has(index)))
        this.#skip(section);
      else if (step.do === 'enter') await this.#enter(step, index, section);
      else if (step.do === 'spawn') await this.#spawn(step, index, section);
      else if (step.do === 'join') await this.#join(step, index);
      else await this.#perform(step, index, section);
    }
  }

  async #enter(step: EnterStep, index: number, outer: LockCall | undefined): Promise<void> {
    const { section, isOver } = lockCallOf({
      number: this.#listener.nextSection(),
      enter: index,
      leave: this.#leaveOf.get(index) as number,
      savedBefore: new Map(this.#saved),
    });
    const settlement = await this.#lock(step, section);
    section.settled = true;
    const at = nowNs();
    isOver();
    const listeners = this.#listenersLeft(step);
    if (settlement.rejected && outer !== undefined && step.swallow !== true)
      outer.failure = { error: settlement.error };
    if (section.attempt === 0) return this.#notStarted(section, settlement, at, listeners);
    // If an adapter settled early while its callback is still running, the actor still completes its steps.
    while (section.running !== undefined) await section.running;
    // A section that throws at once has not passed the gate for its end yet.
    if (throwsAtOnce(this.#actor.steps[index + 1])) await this.gate.pass();
    this.gate.check();
    this.#deadView = section.view;
    this.#position = section.leave + 1;
    const outcome = {
      ...this.#outcomeOf({ do: 'leave' }, settlement, section.failure),
      ...insteadOf(section, settlement),
      ...(!settlement.rejected && section.view?.signal?.aborted === true ? { lost: true as const } : {}),
      ...listeners,
    };
    this.#done(section.leave, [this.#record(section.leave, section, section.lastAct, at, outcome)]);
    return undefined;
  }

  #lock(step: EnterStep, section: LockCall): Promise<Settled> {
    if (step.abortable === true) this.#abortable = new AbortController();
    else if (step.abortable === 'together') this.#abortable = this.#listener.together;
    const options = lockOptionsOf(step, this.#abortable);
    const first = this.#actor.steps[section.enter + 1];
    const callback = (view: LockedView): Promise<unknown> =>
      throwsAtOnce(first) ? this.#throwAtOnce(first, section, view) : this.#callback(section, view);
    return settle(() => {
      const { adapter } = this.#listener.instance(step.elsewhere) ?? this.#instance;
      const repository = adapterFor(adapter, step).streamRepository;
      if (repository?.withLock === undefined)
        throw new TypeError('Expected withLock; the instance has none.');
      return Object.keys(options).length === 0
        ? repository.withLock(step.stream, callback)
        : repository.withLock(step.stream, callback, options);
    });
  }

  /** The callback that the adapter calls. It is async from its first line, unless it throws at once. */
  async #callback(section: LockCall, view: LockedView): Promise<unknown> {
    const ended = this.#begin(section, view);
    try {
      await this.#body(section);
    } finally {
      ended();
    }
    if (section.failure !== undefined) throw section.failure.error;
    section.returned = returnedBy(section.number);
    return section.returned;
  }

  /** Begins a run of the callback. Returns the function that ends it. */
  #begin(section: LockCall, view: LockedView): () => void {
    const at = nowNs();
    this.gate.check();
    if (section.settled || section.running !== undefined) {
      this.#listener.ghost(this.#number, section.enter, at);
      throw new Error('This callback must not run: its withLock has settled, or it is running already.');
    }
    if (section.attempt >= MAX_ATTEMPTS)
      throw new Error(`The callback was run ${MAX_ATTEMPTS} times already.`);
    const call = section.attempt === 0 ? section.call : section.lastAct;
    const released = section.attempt === 0 ? section.enter : section.leave;
    const ended = startRun(section, view);
    this.#saved = new Map(section.savedBefore);
    this.#position = section.enter + 1;
    this.#done(released, [this.#record(section.enter, section, call, at, this.#entered(view))]);
    return ended;
  }

  /**
   * A callback that is not async: it throws before it has returned a promise. If it is run again, it throws the same.
   */
  #throwAtOnce(step: ThrowStep, section: LockCall, view: LockedView): never {
    if (section.attempt === 0) {
      const ended = this.#begin(section, view);
      section.failure = { error: thrownBy(step) };
      ended();
    }
    throw section.failure?.error;
  }

  /** On a signal that other calls had, too, or will have. */
  #listenersLeft({ abortable }: EnterStep): { readonly listeners?: number } {
    if (abortable !== 'together') return {};
    return { listeners: getEventListeners(this.#listener.together.signal, 'abort').length };
  }

  async #notStarted(
    section: LockCall,
    settlement: Settled,
    at: number,
    listeners: { readonly listeners?: number },
  ): Promise<void> {
    const error = settlement.rejected
      ? caught(settlement.error)
      : caught(new Error('withLock resolved without running its callback.'));
    this.#position = section.enter + 1;
    const record = this.#record(section.enter, section, section.call, at, {
      status: 'error',
      error,
      ...listeners,
    });
    this.#done(section.enter, [{ ...record, attempt: 1 }]);
    while (this.#position <= section.leave) {
      await this.gate.pass();
      this.#skip(undefined);
    }
  }

  async #spawn(step: SpawnStep, index: number, section: LockCall | undefined): Promise<void> {
    const context = this.#context(section, () => {});
    await this.#spawned.start(step, context, section, (settlement) => this.#outcomeOf(step.call, settlement));
    this.gate.check();
    const at = nowNs();
    this.#position = index + 1;
    this.#done(index, [this.#record(index, section, at, at, { status: 'ok' })]);
  }

  async #join({ spawned }: JoinStep, index: number): Promise<void> {
    const joined = await this.#spawned.take(spawned);
    this.gate.check();
    if (joined === undefined) return this.#skip(undefined);
    const { section, call, return: at, outcome } = joined;
    this.#position = index + 1;
    return this.#done(index, [this.#record(index, section, call, at, outcome)]);
  }

  #context(section: LockCall | undefined, gave: StepContext['gave']): StepContext {
    return {
      instance: this.#instance,
      view: section?.view,
      inSection: section !== undefined,
      deadView: this.#deadView,
      saved: this.#saved,
      abort: (actor) => this.#listener.abort(actor),
      gave,
    };
  }

  async #perform(
    step: Exclude<Step, EnterStep | SpawnStep | JoinStep>,
    index: number,
    section: LockCall | undefined,
  ): Promise<void> {
    let given: readonly unknown[] = [];
    const context = this.#context(section, (args) => {
      given = args;
    });
    const call = nowNs();
    const settlement = await settle(() => performStep(step, context));
    const at = nowNs();
    const outcome = this.#outcomeOf(step, settlement);
    // After the snapshot, because an answer may share objects with the caller's arguments as long as the storage does
    // not.
    mutateDeeply(given);
    this.gate.check();
    if (settlement.rejected && section !== undefined && !(step.do === 'call' && step.swallow === true))
      section.failure = { error: settlement.error };
    this.#position = index + 1;
    this.#done(index, [this.#record(index, section, call, at, outcome)]);
  }

  #skip(section: LockCall | undefined): void {
    const index = this.#position;
    const at = nowNs();
    this.#position = index + 1;
    this.#done(index, [this.#record(index, section, at, at, { status: 'skipped' })]);
  }

  #done(step: number, records: readonly StepRecord[]): void {
    if (this.gate.abandoned) return;
    const more = this.#position < this.#actor.steps.length;
    this.#listener.done({
      actor: this.#number,
      step,
      records,
      ...(more ? { next: this.#position } : {}),
    });
  }

  #record(
    step: number,
    section: Pick<LockCall, 'number' | 'attempt'> | undefined,
    call: number,
    at: number,
    outcome: StepOutcome,
  ): StepRecord {
    return {
      actor: this.#number,
      step,
      process: this.#listener.process,
      instance: this.#actor.instance,
      ...defined({ section: section?.number }),
      attempt: section?.attempt ?? 1,
      call,
      return: at,
      outcome,
    };
  }

  #entered(view: LockedView | undefined): StepOutcome {
    const { fence, signal } = (view ?? {}) as { readonly fence?: unknown; readonly signal?: AbortSignal };
    if (typeof signal?.aborted !== 'boolean')
      this.#listener.garbage(
        `view.signal: expected an AbortSignal, got ${signal === undefined ? 'none' : typeof signal}`,
      );
    if (fence === undefined) return { status: 'ok' };
    if (typeof fence === 'bigint') return { status: 'ok', fence };
    this.#listener.garbage(`view.fence: expected a bigint, got a ${typeof fence}`);
    return { status: 'ok' };
  }

  #outcomeOf(step: Step, settlement: Settled, failure?: LockCall['failure']): StepOutcome {
    if (settlement.rejected) {
      const original = failure === undefined ? undefined : failure.error === settlement.error;
      return { status: 'error', error: caught(settlement.error, original) };
    }
    if (settlement.value === SKIPPED) return { status: 'skipped' };
    if (settlement.value === undefined) return { status: 'ok' };
    try {
      return { status: 'ok', value: snapshot(settlement.value) };
    } catch (error) {
      if (!(error instanceof Garbage)) throw error;
      this.#listener.garbage(`${step.do === 'call' ? step.method : step.do} returned: ${error.message}`);
      return { status: 'error', error: caught(error) };
    }
  }
}
