/** A load that goes through a move, step by step, forwards and back. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../adapters/contract/index.ts';
import type { FaultName } from '../faults/catalog.ts';
import { showsCommits } from '../faults/commitWatch.ts';
import type { Course, CourseField } from '../load/course.ts';
import { STEPS_FILE } from '../load/files.ts';
import type { Hosting } from '../load/hosting.ts';
import { runClock, type RunClock } from '../load/journal.ts';
import { SIDES, type Side } from '../load/migrating.ts';
import type { Opening } from '../load/opening.ts';
import type { RequestedLoad } from '../load/options.ts';
import type { StrikerEvent } from '../load/striker.ts';
import { Move } from './move.ts';
import { DEFAULT_STEP_MS, type DrillOptions } from './options.ts';
import { planDrill, type PlannedStep } from './plan.ts';
import { hostSides, type HostedSides } from './sides.ts';
import { openSteps, type StepFile, type TroubleLine } from './stepFile.ts';
import { StepStrikes } from './strikes.ts';
import { strikeSide } from './trouble.ts';

/** So many effects must have been answered in a step for it to show anything. */
const LEAST_EFFECTS = 20;
/** How long a step is tried for while it is refused, in milliseconds. */
const PATIENCE_MS = 60_000;
const AGAIN_MS = 250;
/** How long the side that does not decide is in trouble, of the time of a step, and at least, in milliseconds. */
const TROUBLE_SHARE = 0.5;
const LEAST_TROUBLE_MS = 1500;

export class DrillCourse implements Course {
  readonly #options: DrillOptions;
  readonly #services: number;
  #hosted: HostedSides | undefined;
  #move: Move | undefined;
  #plan: readonly PlannedStep[] = [];
  #strikes: StepStrikes | undefined;
  #steps: StepFile | undefined;

  /** `services`: how many there are where they share the storages. */
  constructor(options: DrillOptions, services: number) {
    this.#options = options;
    this.#services = services;
  }

  get faults(): Readonly<Partial<Record<FaultName, number>>> {
    const counts: Partial<Record<FaultName, number>> = {};
    for (const { strike } of this.#plan)
      if (strike !== undefined) counts[strike.fault] = (counts[strike.fault] ?? 0) + 1;
    return counts;
  }

  async host(load: RequestedLoad): Promise<Hosting> {
    const { source, target, seed, strikes = true } = this.#options;
    // The operator has one, too.
    const hosted = await hostSides(load, { old: source, new: target }, this.#services + 1);
    this.#hosted = hosted;
    const network = SIDES.filter((side) => hosted.sides[side].proxies !== undefined);
    const commits = network.filter((side) => showsCommits(hosted.sides[side].hosting.network));
    const shared = hosted.hosting.capabilities.crossInstance;
    this.#plan = planDrill(seed, { shared, network, commits }, strikes);
    return hosted.hosting;
  }

  openingOf(service: number, namespace: string): Opening {
    const hosted = this.#hostedSides;
    const shared = hosted.hosting.capabilities.crossInstance;
    const services = shared ? this.#services : 1;
    this.#move ??= new Move({ hosted, target: this.#options.move, services, namespace, shared });
    return this.#move.openingOf(service);
  }

  told(event: StrikerEvent): void {
    this.#strikes?.told(event);
  }

  async run(field: CourseField, signal: AbortSignal): Promise<void> {
    const { options, epoch, onUnwritten } = field;
    const move = this.#moving;
    move.fleet = field.fleet;
    const steps = openSteps(join(options.out, STEPS_FILE), onUnwritten);
    this.#steps = steps;
    this.#strikes = await StepStrikes.open({
      field,
      sides: this.#hostedSides.sides,
      namespaceOf: (side) => move.namespaceOf(side),
    });
    const now = runClock(epoch);
    const { source, target, onStep = () => {} } = this.#options;
    steps.write({
      type: 'drill',
      source: source.spec,
      target: target.spec,
      steps: this.#plan.map(({ name }) => name),
      leastEffects: LEAST_EFFECTS,
    });
    for (const step of this.#plan) {
      if (signal.aborted) return;
      onStep({ name: step.name, number: step.number, of: this.#plan.length });
      await this.#step(step, now, steps, signal);
    }
  }

  async settle(field: CourseField): Promise<string[]> {
    const { hosting } = field;
    if (this.#steps === undefined) return [];
    try {
      const { compared, owed, differences } = await this.#moving.compare();
      this.#steps.write({ type: 'end', decides: 'old', compared, owed, differences });
      return [];
    } catch (error) {
      this.#steps.write({ type: 'end', decides: 'old' });
      return [`the sides of ${hosting.name} could not be compared: ${textOf(error)}`];
    }
  }

  async close(): Promise<void> {
    await this.#move?.operator.close();
    this.#strikes?.close();
    this.#steps?.close();
  }

  async #step(step: PlannedStep, now: RunClock, steps: StepFile, signal: AbortSignal): Promise<void> {
    const { number, name, way } = step;
    const { stepMs = DEFAULT_STEP_MS } = this.#options;
    const from = now();
    const troubled = this.#trouble(step, stepMs, now, signal);
    let figures: Record<string, Json> = {};
    let problem: string | undefined;
    try {
      figures = await retried(() => this.#act(step, troubled.onBatch), signal);
    } catch (error) {
      problem = textOf(error);
    }
    const taken = now();
    const least = sleep(stepMs, undefined, { signal }).catch(() => {});
    if (problem === undefined) await this.#strikes?.strike(step, signal);
    await least;
    const trouble = await troubled.over;
    if (trouble !== undefined) steps.write(trouble);
    const line = { type: 'step', number, name, way, from, taken, to: now(), figures } as const;
    steps.write(problem === undefined ? line : { ...line, problem });
    if (problem !== undefined && !signal.aborted)
      throw new Error(`the step "${name}" could not be taken: ${problem}`);
  }

  async #act({ act }: PlannedStep, onBatch: () => void): Promise<Record<string, Json>> {
    const move = this.#moving;
    switch (act.kind) {
      case 'stage':
        return await move.to(act.stage, act.outdated === true);
      case 'backfill':
        return await move.backfill(onBatch);
      case 'compare': {
        const { compared, owed, repaired, differences } = await move.compare();
        return { compared, owed, repaired, differences };
      }
      default:
        throw new TypeError(`Unknown act: ${JSON.stringify(act satisfies never)}`);
    }
  }

  /** Begins at once; `over` resolves with what came of it. */
  #trouble(
    { number, trouble }: PlannedStep,
    stepMs: number,
    now: RunClock,
    signal: AbortSignal,
  ): { readonly over: Promise<TroubleLine | undefined>; readonly onBatch: () => void } {
    if (trouble === undefined) return { over: Promise.resolve(undefined), onBatch: () => {} };
    const base = { type: 'trouble', name: trouble, step: number } as const;
    if (trouble === 'operator-killed') return this.#killOperator(base, now);
    const side: Side = 'new';
    const lasting = async (): Promise<TroubleLine> => {
      try {
        const struck = await strikeSide(this.#hostedSides.sides[side], trouble);
        const at = now();
        const lastsMs = Math.max(LEAST_TROUBLE_MS, stepMs * TROUBLE_SHARE);
        await sleep(lastsMs, undefined, { signal }).catch(() => {});
        const proof = `the ${side} side: ${struck.proof()}`;
        await struck.heal();
        return { ...base, at, until: now(), proof };
      } catch (error) {
        return { ...base, missed: textOf(error) };
      }
    };
    return { over: lasting(), onBatch: () => {} };
  }

  /** In the middle of a batch of its own. */
  #killOperator(
    base: Pick<TroubleLine, 'type' | 'name' | 'step'>,
    now: RunClock,
  ): { readonly over: Promise<TroubleLine>; readonly onBatch: () => void } {
    let line: TroubleLine = { ...base, missed: 'it had done before it could be killed' };
    let batches = 0;
    let killing = Promise.resolve();
    const kill = async (): Promise<void> => {
      try {
        const proof = await this.#moving.operator.kill();
        line = { ...base, at: now(), proof };
      } catch (error) {
        line = { ...base, missed: textOf(error) };
      }
    };
    return {
      get over() {
        return killing.then(() => line);
      },
      onBatch: () => {
        batches += 1;
        if (batches === 1) killing = sleep(KILLED_AFTER_MS).then(kill);
      },
    };
  }

  get #hostedSides(): HostedSides {
    if (this.#hosted === undefined) throw new Error('Expected the sides to be hosted.');
    return this.#hosted;
  }

  get #moving(): Move {
    if (this.#move === undefined) throw new Error('Expected a move.');
    return this.#move;
  }
}

/** So long after a batch has begun its operator is killed, in milliseconds. */
const KILLED_AFTER_MS = 15;

/** Until it is done; rejects with why not when it was refused for too long. */
async function retried<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted || performance.now() > until) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
