/** The runs of programs in one host. */
import { defined } from '../../../adapters/contract/defined.ts';
import { nextTurn } from '../process/bounded.ts';
import { messageOf } from '../language/caught.ts';
import type {
  HostedAct,
  BeginOptions,
  Commands,
  EndOptions,
  Note,
  RunOnOneHost,
  Tell,
} from '../process/commands.ts';
import { Coordinator } from './coordinator.ts';
import type { Instance } from './execute.ts';
import { ProgramRun } from './interpreter.ts';
import { normalize } from '../language/normalize.ts';
import { isBroken, type ProgramHistory } from '../language/history.ts';

/** What the main thread is doing: the act of a run, and the actor and step that started last. */
export type StepMark = readonly [act: number, actor: number, step: number];

export interface HostRunsOptions {
  readonly process: number;
  readonly note: (note: Note) => void;
  readonly instance: (id: number) => Instance;
  readonly quiescent?: (ms: number) => boolean;
  /** Tells the watchdog what the main thread is doing. Without an argument: no step is running. */
  readonly mark?: (step?: StepMark) => void;
  /** Moves the process into a time zone. Absent: the process keeps its zone. */
  readonly setZone?: (zone: string) => void;
}

type Instances = readonly (number | null)[];

export class HostRuns {
  readonly #options: HostRunsOptions;
  /** The runs that the parent coordinates. */
  readonly #parts = new Map<number, { readonly part: ProgramRun; readonly instances: Instances }>();
  #underWay: { readonly act: number; readonly coordinator: Coordinator } | undefined;

  constructor(options: HostRunsOptions) {
    this.#options = options;
  }

  /** Runs programs that need no other host. */
  async run({ acts, instances }: RunOnOneHost): Promise<ProgramHistory[]> {
    const histories: ProgramHistory[] = [];
    for (const [index, act] of acts.entries()) {
      const history = await this.#run(index, act, instances);
      histories.push(history);
      if (isBroken(history)) break;
    }
    return histories;
  }

  async #run(
    act: number,
    { program, schedule, zone }: HostedAct,
    instances: Instances,
  ): Promise<ProgramHistory> {
    const { process, quiescent, mark } = this.#options;
    this.#moveTo(zone);
    const normalized = normalize(program);
    const coordinator = new Coordinator({
      program: normalized,
      schedule,
      ...defined({ quiescent }),
    });
    const run = new ProgramRun({
      program: normalized,
      instances: this.#instancesOf(instances),
      process,
      done: (done) => coordinator.done(done),
      abortElsewhere: () => {},
      failed: (error) => coordinator.fail(error),
      ...(mark === undefined ? {} : { starts: (actor, step) => mark([act, actor, step]) }),
    });
    this.#underWay = { act, coordinator };
    try {
      const { records, order, stuck } = await coordinator.run(run);
      const { ghosts, garbage } = run.end();
      // Unhandled rejections are reported when the event loop turns.
      await nextTurn();
      return {
        records,
        order,
        stuck: stuck.map((step) => ({ ...step, process })),
        ghosts,
        lost: garbage,
      };
    } finally {
      run.end();
      mark?.();
      this.#underWay = undefined;
    }
  }

  /** Starts this host's part of a program that the parent coordinates, after the acts that come before. */
  async begin({ run, before, program, zone, instances }: BeginOptions): Promise<ProgramHistory[]> {
    const histories = await this.run({ acts: before, instances });
    if (histories.some(isBroken)) return histories;
    const { process, note } = this.#options;
    this.#moveTo(zone);
    const part = new ProgramRun({
      program,
      instances: this.#instancesOf(instances),
      process,
      done: (done) => note({ note: 'done', run, done }),
      abortElsewhere: (actor) => note({ note: 'abort', run, actor }),
      failed: (error) => note({ note: 'failed', run, message: messageOf(error) }),
    });
    this.#parts.set(run, { part, instances });
    return histories;
  }

  async end({ run, after }: EndOptions): Promise<Commands['end']['output']> {
    const found = this.#parts.get(run);
    if (found === undefined) throw new Error(`Expected a run that was begun, got ${run}.`);
    this.#parts.delete(run);
    const end = found.part.end();
    await nextTurn();
    const acts = end.garbage.length > 0 ? [] : after;
    return { ...end, after: await this.run({ acts, instances: found.instances }) };
  }

  tell(tell: Tell): void {
    const part = this.#parts.get(tell.run)?.part;
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

  /** What the current run has produced so far, for a process that is ending. */
  lastNote(): Note | undefined {
    if (this.#underWay === undefined) return undefined;
    const { act, coordinator } = this.#underWay;
    const { records, order, stuck } = coordinator.soFar();
    return {
      note: 'last',
      act,
      records,
      order,
      stuck: stuck.map((step) => ({ ...step, process: this.#options.process })),
    };
  }

  #moveTo(zone: string | undefined): void {
    if (zone !== undefined) this.#options.setZone?.(zone);
  }

  #instancesOf(ids: Instances): (Instance | undefined)[] {
    return ids.map((id) => (id === null ? undefined : this.#options.instance(id)));
  }
}
