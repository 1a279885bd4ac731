/** Runs trials: opens instances for a topology, keeps namespaces fresh, and puts setup, actors and finale together. */
import type { IdSpace, Json } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import {
  endOf,
  joined,
  runActs,
  type Act,
  type Beside,
  type Host,
  type Lease,
  type OpenedInstance,
} from '../../../scenarios/host/index.ts';
import {
  isBroken,
  type Actor,
  type ProgramHistory,
  type Schedule,
  type Step,
  type StepRecord,
} from '../../../scenarios/host/language/program.ts';
import { hasCode } from '../../../scenarios/lockstepError.ts';
import { UTC, zoneOf } from '../../../scenarios/process/index.ts';
import type { Input } from './input.ts';
import type { Interleaving } from './interleaving.ts';
import { scopeOf } from './scope.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { TimedPhase } from '../../result.ts';
import { NAMESPACE_SUFFIX } from '../vocabulary/namespaces.ts';
import {
  LATE_ANSWERS,
  SERVICE,
  type Scope,
  type Tools,
  type Topology,
  type Trial,
  type TrialOutcome,
} from './property.ts';

/** Trials that share a namespace before a fresh one is opened, so that lists over everything stay short. */
const TRIALS_PER_NAMESPACE = 100;
/** How long unfinished steps of a trial are waited for, unless the trial says otherwise. */
export const DEFAULT_PATIENCE_MS = 5_000;
const SETUP_PATIENCE_MS = 10_000;

export interface LabOptions {
  /** Gives `count` healthy hosts. */
  readonly lease: (count: number) => Promise<Lease>;
  /** By environment. */
  readonly connections: ReadonlyMap<string, Json>;
  /**
   * Removes a namespace; must work even when a leased host is gone. Resolves to what came beside the calls in the
   * process that does it.
   */
  readonly destroy: (connection: Json, namespace: string) => Promise<Beside>;
  /** Prefix of this lab's namespaces, unique in the run: `[a-z0-9_]`. */
  readonly prefix: string;
  /** Hosts to lease: as many as the largest topology of the property needs. */
  readonly processes: number;
  readonly ownNamespace: boolean;
  /** Whether every other instance is opened on a second namespace. */
  readonly apart: boolean;
  /** Whether every other instance, from the first on, is opened on the service itself, past the environment. */
  readonly mixed: boolean;
  /** Milliseconds after which a step counts as blocked. Only steers. */
  readonly blockMs: number;
  /** The ids that the adapter takes, where it limits them. */
  readonly idSpace?: IdSpace;
  /** Absent: nobody asked where the time goes. */
  readonly stopwatch?: Stopwatch;
}

/** What trials of all topologies in one environment share: opening instances costs more than most trials. */
interface Bench {
  readonly connection: Json;
  /** Whether answers of the storage can be held back. */
  readonly isLate: boolean;
  readonly namespaces: readonly string[];
  /** By seat; opened when a topology first needs it. */
  readonly seated: Map<number, OpenedInstance>;
  trials: number;
}

export class Lab {
  readonly #options: LabOptions;
  /** By environment. */
  readonly #benches = new Map<string, Bench>();
  /** One for all topologies and environments: a lab that held one lease and waited for another could wait for ever. */
  #lease: Promise<Lease> | undefined;
  #namespaces = 0;
  #trials = 0;
  #late: Beside[] = [];

  constructor(options: LabOptions) {
    this.#options = options;
  }

  /** How many processes take part. */
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
    const instances = await this.#instances(environment, topology, trial.freshNamespace ?? false);
    const count = instances.length;
    const actors = trial.actors.map((actor) => ({ ...actor, instance: actor.instance % count }));
    const played = await this.#timed('programs', () =>
      this.#play(instances, { ...trial, actors }, interleaving, zone),
    );
    this.#options.stopwatch?.countBlocked(played.main.order);
    const outcome = { ...played, beside: besideIn(instances) };
    const { main, unfinished } = outcome;
    const broken = unfinished !== undefined || isBroken(main);
    if (broken) await this.close();
    else if (closesAnInstance(actors) || trial.leavesOtherIds === true) await this.#vacate(environment);
    return outcome;
  }

  /** Setup, actors and finale; what comes after a part that never ended is left out. */
  async #play(
    instances: readonly OpenedInstance[],
    trial: Trial,
    interleaving: Interleaving,
    zone: number | null,
  ): Promise<Omit<TrialOutcome, 'beside'>> {
    const patienceMs = trial.patienceMs ?? DEFAULT_PATIENCE_MS;
    // Between its parts the processes move, as when a service is deployed elsewhere.
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

  /** What a property that runs its own trials may use. */
  tools(
    environment: string,
  ): Pick<Tools, 'lease' | 'connection' | 'processes' | 'destroy' | 'freshNamespace'> {
    const { processes } = this.#options;
    const connection = this.#connectionOf(environment);
    return {
      lease: (count) => this.#leaseFor(count),
      connection,
      processes,
      destroy: (namespace) => this.#destroy(connection, namespace),
      freshNamespace: () => this.#freshNamespace(),
    };
  }

  /**
   * What came beside the calls of no trial since this was asked last: while instances were closed or their namespaces
   * removed, or after a trial's last answer.
   */
  takeLate(): Beside {
    const late = joined(this.#late);
    this.#late = [];
    return late;
  }

  /** Removes the namespaces and gives the hosts back. The next trial leases again. */
  async close(): Promise<void> {
    try {
      for (const environment of this.#benches.keys()) await this.#vacate(environment);
    } finally {
      const lease = this.#lease;
      this.#lease = undefined;
      if (lease !== undefined) this.#late.push(await (await lease).release());
    }
  }

  #lent(count: number): Promise<Lease> {
    const { lease, stopwatch } = this.#options;
    return stopwatch === undefined
      ? lease(count)
      : stopwatch.of('hosts', async () => stopwatch.watchCpu(await lease(count)));
  }

  #timed<T>(phase: TimedPhase, action: () => Promise<T>): Promise<T> {
    return this.#options.stopwatch?.of(phase, action) ?? action();
  }

  /** A lease whose release tells this lab what came beside. */
  async #leaseFor(count: number): Promise<Lease> {
    const lease = await this.#lent(count);
    const released = async (): Promise<Beside> => {
      const beside = await lease.release();
      this.#late.push(beside);
      return beside;
    };
    return { hosts: lease.hosts, release: released };
  }

  /** Its process may end meanwhile, which no call of a trial shows. */
  async #closeInstance({ host, id }: OpenedInstance): Promise<void> {
    if (!host.alive) return;
    try {
      await host.closeInstance(id);
    } catch (error) {
      if (!hasCode(error, 'HOST_LOST')) throw error;
      this.#late.push({ strays: [endOf(error.details)], leaks: [] });
    }
  }

  async #destroy(connection: Json, namespace: string): Promise<void> {
    this.#late.push(await this.#options.destroy(connection, namespace));
  }

  #schedule({ order, stepMs }: Trial, interleaving: Interleaving): Schedule {
    const { blockMs } = this.#options;
    if (order !== undefined) return { mode: 'replay', order, blockMs, ...defined({ stepMs }) };
    if (interleaving.mode === 'free') return interleaving;
    return { mode: 'scheduled', choices: interleaving.choices, blockMs };
  }

  /** The instances of a topology, opened as far as they are not yet. */
  async #instances(environment: string, topology: Topology, fresh: boolean): Promise<OpenedInstance[]> {
    const limit = this.#options.ownNamespace || fresh ? 1 : TRIALS_PER_NAMESPACE;
    const trials = this.#benches.get(environment)?.trials ?? 0;
    if (trials >= limit) await this.#vacate(environment);
    const bench = this.#benches.get(environment) ?? this.#furnish(environment);
    bench.trials += 1;
    const instances: OpenedInstance[] = [];
    for (const [index, seat] of this.#seats(topology).entries())
      instances.push(bench.seated.get(seat) ?? (await this.#open(bench, seat, index)));
    return instances;
  }

  #furnish(environment: string): Bench {
    const first = this.#freshNamespace();
    // Its name begins with that of the first, as names of tenants do.
    const namespaces = this.#options.apart ? [first, `${first}${NAMESPACE_SUFFIX}`] : [first];
    const bench = {
      connection: this.#connectionOf(environment),
      isLate: environment === LATE_ANSWERS,
      namespaces,
      seated: new Map<number, OpenedInstance>(),
      trials: 0,
    };
    this.#benches.set(environment, bench);
    return bench;
  }

  #connectionOf(environment: string): Json {
    const connection = this.#options.connections.get(environment === LATE_ANSWERS ? SERVICE : environment);
    if (connection === undefined) throw new RangeError(`Expected a started environment, got ${environment}.`);
    return connection;
  }

  /** One seat a process, and behind them one for a second instance in the first process. */
  #seats(topology: Topology): number[] {
    const { processes } = this.#options;
    switch (topology) {
      case 'one':
        return [0];
      case 'shared':
        return [0, processes];
      case 'processes':
        return Array.from({ length: processes }, (_, seat) => seat);
      default:
        return topology satisfies never;
    }
  }

  async #open(bench: Bench, seat: number, index: number): Promise<OpenedInstance> {
    const { processes } = this.#options;
    this.#lease ??= this.#lent(processes);
    const { hosts } = await this.#lease;
    const host = hosts[seat % processes] as Host;
    const namespace = bench.namespaces[index % bench.namespaces.length] as string;
    const isPast = this.#options.mixed && index % 2 === 0;
    const connection = isPast ? this.#connectionOf(SERVICE) : bench.connection;
    const late = bench.isLate ? ({ late: true } as const) : {};
    const instance = await this.#timed('open', () =>
      host.open({ connection, namespace, instance: seat + 1, ...late }),
    );
    bench.seated.set(seat, instance);
    return instance;
  }

  #freshNamespace(): string {
    this.#namespaces += 1;
    return `${this.#options.prefix}_${this.#namespaces}`;
  }

  /** Closes the instances and removes their namespaces. */
  async #vacate(environment: string): Promise<void> {
    const bench = this.#benches.get(environment);
    if (bench === undefined) return;
    this.#benches.delete(environment);
    await this.#timed('close', () => this.#leave(bench));
  }

  async #leave({ seated, namespaces, connection }: Bench): Promise<void> {
    const instances = [...seated.values()];
    for (const instance of instances) await this.#closeInstance(instance);
    this.#late.push(besideIn(instances));
    for (const namespace of namespaces) await this.#destroy(connection, namespace);
  }
}

/** The time zones of the processes of `instances`: the first is in the one of that number, the next in another. */
function zonesOf(zone: number | null, instances: readonly OpenedInstance[]): string[] {
  const hosts = [...new Set(instances.map(({ host }) => host))];
  return instances.map(({ host }) => (zone === null ? UTC : zoneOf(zone + hosts.indexOf(host))));
}

/** What came beside the calls in the hosts of `instances` since they were asked last. */
function besideIn(instances: readonly OpenedInstance[]): Beside {
  return joined([...new Set(instances.map(({ host }) => host))].map((host) => host.takeBeside()));
}

const NOTHING: ProgramHistory = { records: [], order: [], stuck: [], ghosts: [], lost: [] };

/** One actor of its own, unless it has nothing to do. */
function alone(
  instance: number,
  steps: readonly Step[] = [],
  patienceMs: number,
): Pick<Act, 'program' | 'schedule'> {
  const actors = steps.length === 0 ? [] : [{ instance, steps }];
  return { program: { actors, patienceMs }, schedule: { mode: 'free' } };
}

/** Index of the step that did not end, in the history of one actor. */
function lastStep({ stuck, records }: ProgramHistory): number {
  return stuck[0]?.step ?? records.length;
}

/** Whether an actor closes its instance, or has trouble with a side of it, and does not open it again. */
function closesAnInstance(actors: readonly Actor[]): boolean {
  return actors.some(({ steps }) => {
    const last = steps.findLast(({ do: does }) => ['close', 'trouble', 'reopen'].includes(does));
    return last !== undefined && last.do !== 'reopen';
  });
}

/** The first step of `records` that failed, for setups that must succeed. */
export function firstError(records: readonly StepRecord[]): StepRecord | undefined {
  return records.find((record) => record.outcome.status === 'error');
}
