/** Runs the course of a drill: a move under load, step by step, forwards and back. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandOver, Json, TargetFault } from '../../adapters/contract/index.ts';
import type { HandOverTime } from '../evidence.ts';
import type { FaultName } from '../faults/catalog.ts';
import { showsCommits } from '../faults/proxy/commitWatch.ts';
import type { Course, CourseField } from '../load/run/course.ts';
import { PROBES_FILE, STEPS_FILE } from '../evidence/files.ts';
import type { Hosting } from '../load/run/hosting.ts';
import { runClock, type RunClock } from '../load/service/journal.ts';
import { SIDES, type Side } from '../load/service/migrating.ts';
import type { Opening } from '../load/run/opening.ts';
import type { RequestedLoad } from '../load/run/options.ts';
import type { StrikerEvent } from '../load/service/striker.ts';
import { Effects } from './effects.ts';
import { Move } from './move.ts';
import { DEFAULT_PATIENCE_MS, DEFAULT_STEP_MS, type DrillOptions } from './options.ts';
import { otherSide, planDrill, type PlannedStep } from './plan.ts';
import { hostSides, type HostedSides } from './sides.ts';
import { openSteps, type StepFile } from './stepFile.ts';
import { StepStrikes } from './strikes.ts';
import { Tempo } from './tempo.ts';
import { errorText } from '../errorText.ts';
import { beginTrouble, type BegunTrouble } from './trouble.ts';
import { handOverWhileOwing, type AskedOwing } from './whileOwing.ts';

/** The least number of effects that must be answered in a step. With fewer the step shows nothing. */
const MIN_EFFECTS = 20;
/** A trouble counts as met by the load after this many further effects. */
const MEETING_EFFECTS = 5;
/** How many hand overs a step may add until its operator is caught while neither side decides. */
const MORE_HAND_OVERS = 6;
/** The load is slowed down if a step takes longer than this, in milliseconds. */
const EASED_AFTER_MS = 10_000;
const AGAIN_MS = 250;
/** How long a side is in trouble: this part of a step's time, and at least the number of milliseconds below. */
const TROUBLE_SHARE = 0.5;
const MIN_TROUBLE_MS = 1500;
/** The pause between two attempts to write to a side, in milliseconds: they show which writers it accepts. */
const PROBE_MS = 50;
const PROBE_CALL_MS = 60_000;
/** How long a strike of a section may take before the authority moves, in milliseconds. */
const STRUCK_FIRST_MS = 400;
/** The pause between two hand overs in a row, in milliseconds. */
const REST_MS = 20;

type HandOverAction = Extract<PlannedStep['action'], { kind: 'hand-over' }>;

export class DrillCourse implements Course {
  readonly handOvers: HandOverTime[] = [];
  readonly #options: DrillOptions;
  readonly #services: number;
  #hosted: HostedSides | undefined;
  #move: Move | undefined;
  #plan: readonly PlannedStep[] = [];
  #strikes: StepStrikes | undefined;
  #tempo: Tempo | undefined;
  #steps: StepFile | undefined;
  #now: RunClock = () => 0;
  #effects: Effects | undefined;
  /** Whether every step was taken. */
  #isOver = false;
  /** What the sides held just before the move was finished. Undefined: it is not finished. */
  #finished: Awaited<ReturnType<Move['finish']>> | undefined;

  /** `services` is the number of services if they share the storages. */
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
    const { source, target } = this.#options;
    // The operator needs a proxy, too.
    this.#hosted = await hostSides(load, { old: source, new: target }, this.#services + 1);
    return this.#hosted.hosting;
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
    const move = this.#moving;
    const { options, epoch, onUnwritten } = field;
    const { source, target, onStep = () => {} } = this.#options;
    const { out } = options;
    move.fleet = field.fleet;
    this.#now = runClock(epoch);
    this.#effects = new Effects(field.pace, this.#options.patienceMs ?? DEFAULT_PATIENCE_MS);
    this.#tempo = new Tempo({
      most: options.rate as number,
      pace: async (rate) => (await field.pace(rate)).pacing,
    });
    const sides = this.#hostedSides.sides;
    this.#strikes = new StepStrikes({ field, sides, namespaceOf: (side) => move.namespaceOf(side) });
    const steps = openSteps(join(out, STEPS_FILE), onUnwritten);
    this.#steps = steps;
    this.#plan = await this.#planned();
    const path = join(out, PROBES_FILE);
    const probe = { do: 'probeSides', path, epoch: String(epoch), everyMs: PROBE_MS } as const;
    await (await move.watcher.worker).call(probe, PROBE_CALL_MS);
    steps.write({
      type: 'drill',
      source: source.spec,
      target: target.spec,
      steps: this.#plan.map(({ name }) => name),
      leastEffects: MIN_EFFECTS,
    });
    for (const step of this.#plan) {
      if (signal.aborted) return;
      onStep({ name: step.name, number: step.number, of: this.#plan.length });
      await this.#step(step, steps, signal);
    }
    this.#isOver = !signal.aborted;
  }

  async settle({ hosting }: CourseField): Promise<string[]> {
    const move = this.#moving;
    const decides = move.decides;
    await (await move.watcher.worker).call({ do: 'stopProbing' }, PROBE_CALL_MS).catch(() => {});
    if (!this.#isOver) {
      // The move has not reached its end, so the sides need not hold the same.
      this.#steps?.write({ type: 'end', decides });
      return ['the drill ended before its last step was over'];
    }
    try {
      const { compared, owed, differences } = this.#finished ?? (await move.compare());
      const finished = this.#finished === undefined ? {} : { finished: true as const };
      this.#steps?.write({ type: 'end', decides, compared, owed, differences, ...finished });
      return [];
    } catch (error) {
      this.#steps?.write({ type: 'end', decides });
      return [`the sides of ${hosting.name} could not be compared: ${errorText(error)}`];
    }
  }

  /** Sides that hold everything. Once the move is finished, nothing is copied to the old side. */
  get alike(): readonly Side[] {
    return this.#finished === undefined ? SIDES : ['new'];
  }

  async close(): Promise<void> {
    await this.#move?.operator.close();
    await this.#move?.watcher.close();
    this.#strikes?.close();
    this.#steps?.close();
  }

  async #planned(): Promise<PlannedStep[]> {
    const { seed, strikes = true, handOvers = 1 } = this.#options;
    const { hosting, sides } = this.#hostedSides;
    const network = SIDES.filter((side) => sides[side].proxies !== undefined);
    const commits = network.filter((side) => showsCommits(sides[side].hosting.network));
    const deciding = await this.#moving.watcher.decides();
    const authority = deciding.old !== null && deciding.new !== null;
    const shared = hosting.capabilities.crossInstance;
    const offering = (fault: TargetFault): Side[] =>
      SIDES.filter((side) => sides[side].hosting.faults.includes(fault));
    const refusing = offering('read-only');
    const restarting = offering('restart-storage');
    return planDrill(
      { seed, strikes, handOvers },
      { shared, network, commits, refusing, restarting, authority },
    );
  }

  async #step(step: PlannedStep, steps: StepFile, signal: AbortSignal): Promise<void> {
    const { number, name, way, action } = step;
    const { stepMs = DEFAULT_STEP_MS, troubleMs } = this.#options;
    const now = this.#now;
    // Fails only if the drivers have ended.
    await this.#tempo?.adapt().catch(() => {});
    const from = now();
    const effects = this.#effects as Effects;
    const answered = await effects.count();
    let figures: Record<string, Json> = {};
    if (action.kind === 'hand-over' && step.isAskedOwing === true) {
      const { line, ...found } = await this.#askOwing(number, action.to, signal);
      steps.write(line);
      figures = found;
    }
    const trouble = beginTrouble(step, {
      sides: this.#hostedSides.sides,
      move: this.#moving,
      now,
      lastsMs: troubleMs ?? Math.max(MIN_TROUBLE_MS, stepMs * TROUBLE_SHARE),
      untilMet: async () => effects.until((await effects.count()) + MEETING_EFFECTS, signal),
      signal,
    });
    await trouble.begun;
    // At a hand over a section is struck while the authority moves. At other steps it is struck after their change.
    const early = action.kind === 'hand-over' ? this.#strikes?.strike(step, signal) : undefined;
    if (early !== undefined) await Promise.race([early, sleep(STRUCK_FIRST_MS)]);
    let problem: string | undefined;
    try {
      figures = { ...figures, ...(await this.#take(step, trouble, signal)) };
    } catch (error) {
      problem = errorText(error);
    }
    const taken = now();
    const { perSecond = 0, timesAsLong = 1 } = this.#tempo ?? {};
    if (timesAsLong > 1) figures = { ...figures, perSecond };
    const least = sleep(stepMs * timesAsLong, undefined, { signal }).catch(() => {});
    if (problem === undefined) await (early ?? this.#strikes?.strike(step, signal));
    await least;
    if (problem === undefined) await effects.until(answered + MIN_EFFECTS, signal);
    const line = await trouble.over();
    if (line !== undefined) steps.write(line);
    const done = { type: 'step', number, name, way, from, taken, to: now(), figures } as const;
    steps.write(problem === undefined ? done : { ...done, problem });
    if (problem !== undefined && !signal.aborted)
      throw new Error(`the step "${name}" could not be taken: ${problem}`);
  }

  async #askOwing(step: number, to: Side, signal: AbortSignal): Promise<AskedOwing> {
    const { patienceMs = DEFAULT_PATIENCE_MS } = this.#options;
    const move = this.#moving;
    const now = this.#now;
    const from = now();
    const taking = this.#hostedSides.sides[to];
    const asked = await handOverWhileOwing({ step, to, taking, move, now, patienceMs, signal });
    // Export jobs may have been taken from their workers.
    this.handOvers.push({ from, to: now() });
    return asked;
  }

  async #take(
    { action }: PlannedStep,
    trouble: BegunTrouble,
    signal: AbortSignal,
  ): Promise<Record<string, Json>> {
    const move = this.#moving;
    const retried = <T>(call: () => Promise<T>): Promise<T> => this.#retried(call, signal);
    switch (action.kind) {
      case 'stage':
        return await retried(() => move.to(action.stage, action.outdated === true));
      case 'reads':
        return await retried(() => move.reads(action.percent));
      case 'backfill':
        return await retried(() => move.backfill((batch) => trouble.onWork('backfill', batch)));
      case 'begin':
        return await retried(() => move.begin());
      case 'compare': {
        const { compared, owed, repaired, differences } = await retried(() => move.compare({ mayOwe: true }));
        return { compared, owed, repaired, differences };
      }
      case 'finish': {
        this.#finished = await retried(() => move.finish());
        const { compared, owed, repaired, differences } = this.#finished;
        return { compared, owed, repaired, differences };
      }
      case 'hand-over':
        return await this.#handOver(action, trouble, signal);
      default:
        throw new TypeError(`Unknown action: ${JSON.stringify(action satisfies never)}`);
    }
  }

  async #handOver(
    { to: first, times }: HandOverAction,
    trouble: BegunTrouble,
    signal: AbortSignal,
  ): Promise<Record<string, Json>> {
    let last: HandOver | undefined;
    let [ended, copied, requeued, longestGapMs] = [0, 0, 0, 0];
    let time = 0;
    // The machine decides when the operator is caught while neither side decides. So hand overs are repeated until then.
    const isNext = (): boolean =>
      time < times || (time < times + MORE_HAND_OVERS && (trouble.isPending() || (time - times) % 2 === 1));
    for (; isNext() && !signal.aborted; time += 1) {
      // A failed attempt leaves the authority, and the jobs of workers, as they were. So one time covers all attempts.
      const from = this.#now();
      const to = time % 2 === 0 ? first : otherSide(first);
      const done = await this.#retried(() => {
        const handing = this.#moving.handOver(to);
        trouble.onWork('hand-over', handing);
        return handing;
      }, signal);
      this.handOvers.push({ from, to: this.#now() });
      last = done ?? last;
      ended += done?.ended ?? 0;
      copied += done?.copied ?? 0;
      requeued += done?.requeued ?? 0;
      longestGapMs = Math.max(longestGapMs, done?.gapMs ?? 0);
      await sleep(REST_MS);
    }
    return { epoch: last?.epoch ?? 0, times: time, ended, copied, requeued, longestGapMs };
  }

  /** Repeats a call until it succeeds. Rejects with its error after too long. The load is slowed down if that takes long. */
  async #retried<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { patienceMs = DEFAULT_PATIENCE_MS, troubleMs = 0 } = this.#options;
    const until = performance.now() + patienceMs + troubleMs;
    const easing = setInterval(() => void this.#tempo?.ease().catch(() => {}), EASED_AFTER_MS);
    try {
      for (;;) {
        try {
          return await call();
        } catch (error) {
          if (signal.aborted || performance.now() > until) throw error;
          await sleep(AGAIN_MS);
        }
      }
    } finally {
      clearInterval(easing);
    }
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
