/** The runs of programs in one host. */
import { nextTurn } from './bounded.ts';
import { messageOf } from './caught.ts';
import type { BeginOptions, Commands, Note, RunOnOneHost, Tell } from './commands.ts';
import { Coordinator } from './coordinator.ts';
import type { Instance } from './execute.ts';
import { ProgramRun } from './interpreter.ts';
import { normalize } from './normalize.ts';
import type { Caught, ProgramHistory } from './program.ts';

export interface HostRunsOptions {
  readonly process: number;
  readonly note: (note: Note) => void;
  readonly instance: (id: number) => Instance;
  readonly takeStrays: () => Caught[];
  readonly quiescent?: (ms: number) => boolean;
  /** What the main thread is at; nothing in particular without arguments. */
  readonly mark?: (actor?: number, step?: number) => void;
}

export class HostRuns {
  readonly #options: HostRunsOptions;
  /** Runs that the parent coordinates. */
  readonly #parts = new Map<number, ProgramRun>();
  #underWay: Coordinator | undefined;

  constructor(options: HostRunsOptions) {
    this.#options = options;
  }

  /** Runs a program that needs no other host. */
  async run({ program, schedule, instances }: RunOnOneHost): Promise<ProgramHistory> {
    const { process, quiescent, takeStrays, instance, mark } = this.#options;
    const normalized = normalize(program);
    const coordinator = new Coordinator({
      program: normalized,
      schedule,
      ...(quiescent === undefined ? {} : { quiescent }),
    });
    const run = new ProgramRun({
      program: normalized,
      instances: instances.map((id) => (id === null ? undefined : instance(id))),
      process,
      done: (done) => coordinator.done(done),
      abortElsewhere: () => {},
      failed: (error) => coordinator.fail(error),
      ...(mark === undefined ? {} : { starts: mark }),
    });
    this.#underWay = coordinator;
    try {
      const { records, order, stuck } = await coordinator.run(run);
      const { ghosts, garbage } = run.end();
      // A rejection that nobody handles is reported when the event loop turns.
      await nextTurn();
      return {
        records,
        order,
        stuck: stuck.map((step) => ({ ...step, process })),
        ghosts,
        lost: garbage,
        strays: takeStrays(),
      };
    } finally {
      run.end();
      mark?.();
      this.#underWay = undefined;
    }
  }

  /** Starts this host's part of a program that the parent coordinates. */
  begin({ run, program, instances }: BeginOptions): null {
    const { process, note, instance } = this.#options;
    const part = new ProgramRun({
      program,
      instances: instances.map((id) => (id === null ? undefined : instance(id))),
      process,
      done: (done) => note({ note: 'done', run, done }),
      abortElsewhere: (actor) => note({ note: 'abort', run, actor }),
      failed: (error) => note({ note: 'failed', run, message: messageOf(error) }),
    });
    this.#parts.set(run, part);
    return null;
  }

  async end(run: number): Promise<Commands['end']['output']> {
    const part = this.#parts.get(run);
    if (part === undefined) throw new Error(`Expected a run that was begun, got ${run}.`);
    this.#parts.delete(run);
    const end = part.end();
    await nextTurn();
    return { ...end, strays: this.#options.takeStrays() };
  }

  tell(tell: Tell): void {
    const part = this.#parts.get(tell.run);
    switch (tell.tell) {
      case 'release':
        part?.release(tell.actor);
        break;
      case 'releaseAll':
        part?.releaseAll();
        break;
      case 'abort':
        part?.abort(tell.actor);
        break;
      default:
        throw new Error(`Expected a tell, got ${JSON.stringify(tell satisfies never)}.`);
    }
  }

  /** For a process that is ending. */
  lastNote(): Note | undefined {
    if (this.#underWay === undefined) return undefined;
    const { records, order, stuck } = this.#underWay.soFar();
    return {
      note: 'last',
      records,
      order,
      stuck: stuck.map((step) => ({ ...step, process: this.#options.process })),
    };
  }
}
