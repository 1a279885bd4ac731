/**
 * Decides which actor continues, one released step at a time. If a step does not finish within its time limit, it is
 * recorded as blocked, and another actor's step is released. Blocking only steers the order; it is never a verdict.
 */
import type { StepDone } from './section.ts';
import { mayUnblock } from './blocking.ts';
import { nextTurn } from '../process/bounded.ts';
import { nowNs } from './clock.ts';
import type { StepRecord } from '../language/history.ts';
import type { Decision, Program, Schedule, Step } from '../language/program.ts';

/** How the coordinator reaches the actors. They report finished steps to `Coordinator.done`. */
export interface ActorPort {
  /** Releases the actor's next step. */
  release(actor: number): void;
  /** Lets all actors continue at their own pace. */
  releaseAll(): void;
}

export interface CoordinatorOptions {
  /** Must be normalized. */
  readonly program: Program;
  readonly schedule: Schedule;
  /**
   * Whether nothing in this process can finish a step within `ms` on its own. Then a blocked step is recognized without
   * waiting. Only given if all instances are in this process.
   */
  readonly quiescent?: (ms: number) => boolean;
}

export interface Coordination {
  readonly records: readonly StepRecord[];
  readonly order: readonly Decision[];
  /** Steps that never finished, with the time of their release. */
  readonly stuck: readonly { readonly actor: number; readonly step: number; readonly call: number }[];
}

/** How many turns of the event loop to wait before a step may count as blocked: most steps take microseconds. */
const TURNS = 4;

type Unfinished = { readonly next: number; released: number | undefined };

export class Coordinator {
  readonly #program: Program;
  readonly #schedule: Schedule;
  readonly #quiescent: (ms: number) => boolean;
  /** The unfinished actors by number. `released` is when their next step was released. */
  readonly #unfinished = new Map<number, Unfinished>();
  readonly #records: StepRecord[] = [];
  readonly #order: Decision[] = [];
  readonly #stuckOfLost: Coordination['stuck'][number][] = [];
  #finishedSteps = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(options: CoordinatorOptions) {
    this.#program = options.program;
    this.#schedule = options.schedule;
    this.#quiescent = options.quiescent ?? ((): boolean => false);
    for (const [number, actor] of options.program.actors.entries())
      if (actor.steps.length > 0) this.#unfinished.set(number, { next: 0, released: undefined });
  }

  /** Notes that a released step is done. */
  done(done: StepDone): void {
    // Other code may write to the host's channel.
    if (!(done.actor in this.#program.actors)) return;
    this.#records.push(...done.records);
    this.#finishedSteps += 1;
    if (done.next === undefined) this.#unfinished.delete(done.actor);
    else {
      const released = this.#schedule.mode === 'free' ? nowNs() : undefined;
      this.#unfinished.set(done.actor, { next: done.next, released });
    }
    this.#wake?.();
  }

  /** Notes that the host of these actors is gone: their current steps are stuck, and they report nothing more. */
  lost(actors: readonly number[]): void {
    for (const actor of actors) {
      const { released, next } = this.#unfinished.get(actor) ?? {};
      this.#unfinished.delete(actor);
      if (released !== undefined && next !== undefined)
        this.#stuckOfLost.push({ actor, step: next, call: released });
    }
    this.#wake?.();
  }

  /** Notes a bug of the harness: `run` rejects. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  /** Runs the program to its end, or until nothing has happened for the program's `patienceMs`. */
  async run(port: ActorPort): Promise<Coordination> {
    switch (this.#schedule.mode) {
      case 'free':
        await this.#runFree(port);
        break;
      case 'scheduled':
        await this.#runScheduled(port, this.#schedule.choices, this.#schedule.blockMs);
        break;
      case 'replay':
        await this.#runReplay(port, this.#schedule);
        await this.#runScheduled(port, [], this.#schedule.blockMs);
        break;
      default:
        throw new Error(`Expected a schedule, got ${JSON.stringify(this.#schedule satisfies never)}.`);
    }
    return this.soFar();
  }

  /** The history so far. Released steps that are not done count as stuck. */
  soFar(): Coordination {
    const pending = [...this.#unfinished].flatMap(([actor, { next, released }]) =>
      released === undefined ? [] : [{ actor, step: next, call: released }],
    );
    return { records: this.#records, order: this.#order, stuck: [...this.#stuckOfLost, ...pending] };
  }

  async #runFree(port: ActorPort): Promise<void> {
    const now = nowNs();
    for (const state of this.#unfinished.values()) state.released = now;
    port.releaseAll();
    while (this.#unfinished.size > 0) {
      const before = this.#finishedSteps;
      const progressed = await this.#until(() => this.#finishedSteps > before, this.#patienceMs(), false);
      if (!progressed && this.#finishedSteps === before) return;
    }
  }

  /** Steps may pause on purpose: patience begins after the longest pause. */
  #patienceMs(): number {
    const pauses = [...this.#unfinished.keys()].map((actor) => this.#holdMs(actor));
    return this.#program.patienceMs + Math.max(0, ...pauses);
  }

  async #runScheduled(port: ActorPort, choices: readonly number[], blockMs: number): Promise<void> {
    for (let decision = 0; this.#unfinished.size > 0; decision += 1) {
      const ready = await this.#someReady();
      if (ready.length === 0) return;
      const choice = Math.abs(Math.trunc(choices[decision] ?? 0)) % ready.length;
      await this.#decide(port, ready[choice] as number, blockMs, true);
    }
  }

  /** The actors that can continue, in order. If all are blocked, waits for one. Empty: none continues. */
  async #someReady(): Promise<number[]> {
    if (this.#ready().length === 0)
      await this.#until(
        () => this.#ready().length > 0 || this.#unfinished.size === 0,
        this.#patienceMs(),
        false,
      );
    return this.#ready();
  }

  #ready(): number[] {
    const ready: number[] = [];
    for (const [actor, { released }] of this.#unfinished) if (released === undefined) ready.push(actor);
    return ready.sort((a, b) => a - b);
  }

  /** Releases the actor's step, and waits until it is done or counts as blocked. */
  async #decide(port: ActorPort, actor: number, boundMs: number, early: boolean): Promise<void> {
    const state = this.#unfinished.get(actor) as Unfinished;
    const step = state.next;
    state.released = nowNs();
    port.release(actor);
    const done = await this.#until(() => this.#unfinished.get(actor) !== state, boundMs, early);
    this.#order.push({ actor, step, blocked: !done });
    if (done) await this.#letOthersThrough(actor, step, this.#schedule);
  }

  /** After a step that may have unblocked others, lets them finish before the next decision. */
  async #letOthersThrough(actor: number, step: number, schedule: Schedule): Promise<void> {
    const waiting: { readonly other: number; readonly state: Unfinished }[] = [];
    for (const [other, state] of this.#unfinished) {
      if (state.released === undefined) continue;
      if (mayUnblock(this.#program, { actor, step }, { actor: other, step: state.next }))
        waiting.push({ other, state });
    }
    if (waiting.length === 0 || schedule.mode === 'free') return;
    const through = (): boolean => waiting.some(({ other, state }) => this.#unfinished.get(other) !== state);
    await this.#until(through, schedule.blockMs, true);
  }

  async #runReplay(
    port: ActorPort,
    { order, blockMs, stepMs = this.#program.patienceMs }: Extract<Schedule, { readonly mode: 'replay' }>,
  ): Promise<void> {
    let faithful = true;
    for (const { actor, blocked } of order) {
      const ownMs = stepMs + this.#holdMs(actor) + this.#timeoutMs(actor);
      const boundMs: number = faithful ? Math.min(this.#program.patienceMs, ownMs) : blockMs;
      const pending = this.#unfinished.get(actor);
      if (pending?.released !== undefined)
        faithful =
          (await this.#until(() => this.#unfinished.get(actor) !== pending, boundMs, false)) && faithful;
      const state = this.#unfinished.get(actor);
      if (state === undefined || state.released !== undefined) continue;
      await this.#decide(port, actor, blocked ? blockMs : boundMs, blocked);
      faithful &&= blocked || this.#order.at(-1)?.blocked === false;
    }
  }

  /** How long the actor's next step pauses on purpose, in milliseconds. */
  #holdMs(actor: number): number {
    const step = this.#nextOf(actor);
    return step?.do === 'hold' ? step.ms : 0;
  }

  /** How long the actor's next step may wait for a lock, in milliseconds, if it bounds the wait. */
  #timeoutMs(actor: number): number {
    const step = this.#nextOf(actor);
    return step?.do === 'enter' ? (step.timeoutMs ?? 0) : 0;
  }

  #nextOf(actor: number): Step | undefined {
    return this.#program.actors[actor]?.steps[this.#unfinished.get(actor)?.next ?? -1];
  }

  /**
   * Waits until `reached`, at most `boundMs`. `early`: gives up at once if nothing is pending in this process. Resolves
   * to whether it was reached. Throws bugs of the harness.
   */
  async #until(reached: () => boolean, boundMs: number, early: boolean): Promise<boolean> {
    for (let turn = 0; turn < TURNS && !this.#over(reached); turn += 1) await nextTurn();
    if (!this.#over(reached) && !(early && this.#quiescent(boundMs))) await this.#wakeWhen(reached, boundMs);
    if (this.#failure !== undefined) throw this.#failure.error;
    return reached();
  }

  #over(reached: () => boolean): boolean {
    return this.#failure !== undefined || reached();
  }

  #wakeWhen(reached: () => boolean, boundMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(finish, boundMs);
      this.#wake = () => {
        if (this.#over(reached)) finish();
      };
    });
  }
}
