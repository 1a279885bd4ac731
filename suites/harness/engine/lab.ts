/** Runs trials on benches: the setup, the actors and the finale, one after another. */
import type { IdSpace } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { runActs, type Act, type Beside, type OpenedInstance } from '../../../scenarios/host/index.ts';
import { isBroken, type ProgramHistory, type StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Schedule, Step } from '../../../scenarios/host/language/program.ts';
import { UTC, zoneOf } from '../../../scenarios/process/index.ts';
import { besideIn, Benches, type BenchOptions } from './bench.ts';
import type { Input } from './input.ts';
import { DEFAULT_PATIENCE_MS, type Interleaving } from './interleaving.ts';
import { scopeOf } from './scope.ts';
import type { Scope, Tools, Trial, TrialOutcome } from './property.ts';

const SETUP_PATIENCE_MS = 10_000;

export interface LabOptions extends BenchOptions {
  /** After this time a step counts as blocked, in milliseconds. It only affects the order of steps. */
  readonly blockMs: number;
  /** The ids that the adapter accepts, if it limits them. */
  readonly idSpace?: IdSpace;
}

export class Lab {
  readonly #options: LabOptions;
  readonly #benches: Benches;
  #trials = 0;

  constructor(options: LabOptions) {
    this.#options = options;
    this.#benches = new Benches(options);
  }

  /** The number of processes. */
  get processes(): number {
    return this.#options.processes;
  }

  /** A scope for the next trial. */
  scope(): Scope {
    this.#trials += 1;
    return scopeOf(this.#trials, this.#options.idSpace);
  }

  async run(
    { environment, topology, zone }: Pick<Input, 'environment' | 'topology' | 'zone'>,
    trial: Trial,
    interleaving: Interleaving,
  ): Promise<TrialOutcome> {
    const instances = await this.#benches.instances(environment, topology, trial.freshNamespace ?? false);
    const count = instances.length;
    const actors = trial.actors.map((actor) => ({ ...actor, instance: actor.instance % count }));
    const { stopwatch } = this.#options;
    const play = async (): Promise<Omit<TrialOutcome, 'beside'>> =>
      this.#play(instances, { ...trial, actors }, interleaving, zone);
    const played = await (stopwatch?.of('programs', play) ?? play());
    stopwatch?.countBlocked(played.main.order);
    const outcome = { ...played, beside: besideIn(instances) };
    const { main, unfinished } = outcome;
    const broken = unfinished !== undefined || isBroken(main);
    if (broken) await this.close();
    else if (closesAnInstance(actors) || trial.leavesOtherIds === true)
      await this.#benches.vacate(environment);
    return outcome;
  }

  /** Runs the setup, the actors and the finale. After a part that never ended, the rest are skipped. */
  async #play(
    instances: readonly OpenedInstance[],
    trial: Trial,
    interleaving: Interleaving,
    zone: number | null,
  ): Promise<Omit<TrialOutcome, 'beside'>> {
    const patienceMs = trial.patienceMs ?? DEFAULT_PATIENCE_MS;
    // Between the parts of a trial, the processes change their time zone, as if a service were deployed elsewhere.
    const elsewhere = zonesOf(zone === null ? null : zone + 1, instances);
    const [setup = NOTHING, main, finale = NOTHING] = await runActs(instances, [
      { ...alone(0, trial.setup, SETUP_PATIENCE_MS), zones: elsewhere },
      {
        program: { actors: trial.actors, patienceMs },
        schedule: this.#schedule(trial, interleaving),
        zones: zonesOf(zone, instances),
      },
      { ...alone(instances.length - 1, trial.finale, patienceMs), zones: elsewhere },
    ]);
    if (main === undefined)
      return {
        setup: setup.records,
        main: { ...NOTHING, lost: setup.lost },
        finale: [],
        unfinished: { part: 'setup', step: lastStep(setup) },
      };
    if (isBroken(main)) return { setup: setup.records, main, finale: [] };
    const codec =
      trial.codec === undefined ? {} : { codec: (await instances[0]?.host.codec(trial.codec)) ?? [] };
    return {
      setup: setup.records,
      main: { ...main, lost: finale.lost },
      finale: finale.records,
      ...codec,
      ...(isBroken(finale) ? { unfinished: { part: 'finale', step: lastStep(finale) } } : {}),
    };
  }

  /** The tools for a property that runs its own trials. */
  tools(
    environment: string,
  ): Pick<Tools, 'lend' | 'connection' | 'processes' | 'destroy' | 'freshNamespace'> {
    const { processes } = this.#options;
    const connection = this.#benches.connectionOf(environment);
    return {
      lend: (count) => this.#benches.lendHosts(count),
      connection,
      processes,
      destroy: (namespace) => this.#benches.destroy(connection, namespace),
      freshNamespace: () => this.#benches.freshNamespace(),
    };
  }

  /** See `takeLate` of Benches. */
  takeLate(): Beside {
    return this.#benches.takeLate();
  }

  /** See `close` of Benches. */
  close(): Promise<void> {
    return this.#benches.close();
  }

  #schedule({ order, stepMs }: Trial, interleaving: Interleaving): Schedule {
    const { blockMs } = this.#options;
    if (order !== undefined) return { mode: 'replay', order, blockMs, ...defined({ stepMs }) };
    if (interleaving.mode === 'free') return interleaving;
    return { mode: 'scheduled', choices: interleaving.choices, blockMs };
  }
}

/**
 * The time zones of the processes of `instances`. The first process is in zone number `zone`, the next in another
 * one.
 */
function zonesOf(zone: number | null, instances: readonly OpenedInstance[]): string[] {
  const hosts = [...new Set(instances.map(({ host }) => host))];
  return instances.map(({ host }) => (zone === null ? UTC : zoneOf(zone + hosts.indexOf(host))));
}

const NOTHING: ProgramHistory = { records: [], order: [], stuck: [], ghosts: [], lost: [] };

/** A program of one actor with these steps. Without steps it has no actor. */
function alone(
  instance: number,
  steps: readonly Step[] = [],
  patienceMs: number,
): Pick<Act, 'program' | 'schedule'> {
  const actors = steps.length === 0 ? [] : [{ instance, steps }];
  return { program: { actors, patienceMs }, schedule: { mode: 'free' } };
}

/** The index of the step that did not end, in the history of one actor. */
function lastStep({ stuck, records }: ProgramHistory): number {
  return stuck[0]?.step ?? records.length;
}

/** Whether an actor closes its instance, or causes trouble with one of its sides, without opening it again. */
function closesAnInstance(actors: readonly Actor[]): boolean {
  return actors.some(({ steps }) => {
    const last = steps.findLast(({ do: does }) => ['close', 'trouble', 'reopen'].includes(does));
    return last !== undefined && last.do !== 'reopen';
  });
}

/** The first failed step of `records`, for setups that must succeed. */
export function firstError(records: readonly StepRecord[]): StepRecord | undefined {
  return records.find((record) => record.outcome.status === 'error');
}
