/** One run of a program in one host: runs the actors of this host on its instances. */
import { ActorRunner } from './actor.ts';
import type { ActorListener, StepDone } from './section.ts';
import type { Instance } from './execute.ts';
import type { Ghost, LostHost } from '../language/history.ts';
import type { Program } from '../language/program.ts';

export interface RunOptions {
  /** Must be normalized. */
  readonly program: Program;
  /**
   * The instances that actors refer to by index. Undefined: it belongs to another host, whose actors do not run here.
   */
  readonly instances: readonly (Instance | undefined)[];
  /** The number of the process. */
  readonly process: number;
  readonly done: (done: StepDone) => void;
  /** Called when an `abort` step names an actor of another host. */
  readonly abortElsewhere: (actor: number) => void;
  /** Called when a step starts. */
  readonly starts?: (actor: number, step: number) => void;
  /** Called for a bug of the harness. */
  readonly failed: (error: unknown) => void;
}

/** What a run produced besides the records of its steps. */
export interface RunEnd {
  readonly ghosts: readonly Ghost[];
  /** Results that could not be sent. */
  readonly garbage: readonly LostHost[];
}

/** Each process has a million section numbers of its own, so that numbers never collide. */
const SECTIONS_PER_PROCESS = 1_000_000;
/** Limits how much a faulty adapter can accumulate. */
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

  /** Ends the run. Unfinished actors give up, and their later reports are ignored. */
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
