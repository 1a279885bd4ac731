/** One run of a program in one host: its local actors against the host's instances. */
import { ActorRunner } from './actor.ts';
import type { ActorListener, StepDone } from './section.ts';
import type { Instance } from './execute.ts';
import type { Ghost, LostHost } from '../language/history.ts';
import type { Program } from '../language/program.ts';

export interface RunOptions {
  /** Normalized. */
  readonly program: Program;
  /** By the actors' `instance`; undefined: opened in another host, whose actors do not run here. */
  readonly instances: readonly (Instance | undefined)[];
  /** Number of the process. */
  readonly process: number;
  readonly done: (done: StepDone) => void;
  /** An `abort` step names an actor that runs in another host. */
  readonly abortElsewhere: (actor: number) => void;
  /** A step starts. */
  readonly starts?: (actor: number, step: number) => void;
  /** An error of the harness itself. */
  readonly failed: (error: unknown) => void;
}

/** What came of a run beside its steps. */
export interface RunEnd {
  readonly ghosts: readonly Ghost[];
  /** Results that could not travel. */
  readonly garbage: readonly LostHost[];
}

/** Each process has its own million of section numbers, so that they never collide. */
const SECTIONS_PER_PROCESS = 1_000_000;
/** Limits what a runaway adapter leaves behind. */
const MAX_NOTES = 100;

export class ProgramRun {
  readonly #options: RunOptions;
  readonly #actors = new Map<number, ActorRunner>();
  readonly #ghosts: Ghost[] = [];
  readonly #garbage: LostHost[] = [];
  readonly #together = new AbortController();
  #sections: number;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#sections = options.process * SECTIONS_PER_PROCESS;
    for (const [number, actor] of options.program.actors.entries()) {
      const instance = options.instances[actor.instance];
      if (instance === undefined) continue;
      const runner = new ActorRunner(number, actor, instance, this.#listener());
      this.#actors.set(number, runner);
      runner.run().catch(options.failed);
    }
  }

  release(actor: number): void {
    this.#actors.get(actor)?.gate.release();
  }

  releaseAll(): void {
    for (const runner of this.#actors.values()) runner.gate.releaseAll();
  }

  abort(actor: number): void {
    this.#actors.get(actor)?.abort();
  }

  /** Ends the run. Actors that are not done give up, and what they report later is ignored. */
  end(): RunEnd {
    for (const runner of this.#actors.values()) runner.gate.abandon();
    return { ghosts: this.#ghosts, garbage: this.#garbage };
  }

  #listener(): ActorListener {
    const { process, instances, done, abortElsewhere, starts } = this.#options;
    return {
      process,
      together: this.#together,
      done,
      instance: (index) => (index === undefined ? undefined : instances[index]),
      starts: starts ?? ((): void => {}),
      nextSection: () => {
        this.#sections += 1;
        return this.#sections;
      },
      ghost: (actor, step, at) => {
        if (this.#ghosts.length < MAX_NOTES) this.#ghosts.push({ actor, step, process, at });
      },
      garbage: (detail) => {
        if (this.#garbage.length < MAX_NOTES) this.#garbage.push({ process, reason: 'garbage', detail });
      },
      abort: (actor) => (this.#actors.has(actor) ? this.abort(actor) : abortElsewhere(actor)),
    };
  }
}
