/** Benches: the instances and namespaces that the trials of one property share. */
import type { Json } from '../../../adapters/contract/index.ts';
import {
  endOf,
  joined,
  type Beside,
  type Host,
  type Loan,
  type OpenedInstance,
} from '../../../scenarios/host/index.ts';
import { hasCode } from '../../../scenarios/lockstepError.ts';
import type { TimedPhase } from '../../result.ts';
import { NAMESPACE_SUFFIX } from '../vocabulary/namespaces.ts';
import { LATE_ANSWERS, SERVICE, type Topology } from './property.ts';
import type { Stopwatch } from './stopwatch.ts';

/** How many trials share a namespace. Then a fresh one is opened, so that lists over everything stay short. */
const TRIALS_PER_NAMESPACE = 100;

export interface BenchOptions {
  /** Lends `count` healthy hosts. */
  readonly lend: (count: number) => Promise<Loan>;
  /** The connections by environment. */
  readonly connections: ReadonlyMap<string, Json>;
  /**
   * Removes a namespace. Must work even if a lent host is gone. Resolves to the errors outside any call in the process
   * that removes it.
   */
  readonly destroy: (connection: Json, namespace: string) => Promise<Beside>;
  /** The prefix of these namespaces, unique in the run: `[a-z0-9_]`. */
  readonly prefix: string;
  /** The number of hosts to borrow: what the largest topology of the property needs. */
  readonly processes: number;
  readonly ownNamespace: boolean;
  /** Whether every second instance is opened on a second namespace. */
  readonly apart: boolean;
  /**
   * Whether every second instance, beginning with the first, is opened on the service itself instead of the
   * environment.
   */
  readonly mixed: boolean;
  /** Absent: times are not measured. */
  readonly stopwatch?: Stopwatch;
}

/** What trials of all topologies in one environment share, because opening instances costs more than most trials. */
interface Bench {
  readonly connection: Json;
  /** Whether answers of the storage can be held back. */
  readonly isLate: boolean;
  readonly namespaces: readonly string[];
  /** The instances by seat. Each is opened when a topology first needs it. */
  readonly seated: Map<number, OpenedInstance>;
  trials: number;
}

/** The benches of one property, on which its trials run. They are opened on demand. */
export class Benches {
  readonly #options: BenchOptions;
  /** The benches by environment. */
  readonly #benches = new Map<string, Bench>();
  /**
   * A single loan for all topologies and environments. With two loans, a lab could hold one and wait forever for the
   * other.
   */
  #loan: Promise<Loan> | undefined;
  #namespaces = 0;
  #late: Beside[] = [];

  constructor(options: BenchOptions) {
    this.#options = options;
  }

  /** The instances of a topology, opened on demand. */
  async instances(environment: string, topology: Topology, fresh: boolean): Promise<OpenedInstance[]> {
    const limit = this.#options.ownNamespace || fresh ? 1 : TRIALS_PER_NAMESPACE;
    const trials = this.#benches.get(environment)?.trials ?? 0;
    if (trials >= limit) await this.vacate(environment);
    const bench = this.#benches.get(environment) ?? this.#furnish(environment);
    bench.trials += 1;
    const instances: OpenedInstance[] = [];
    for (const [index, seat] of this.#seats(topology).entries())
      instances.push(bench.seated.get(seat) ?? (await this.#open(bench, seat, index)));
    return instances;
  }

  connectionOf(environment: string): Json {
    const connection = this.#options.connections.get(environment === LATE_ANSWERS ? SERVICE : environment);
    if (connection === undefined) throw new RangeError(`Expected a started environment, got ${environment}.`);
    return connection;
  }

  freshNamespace(): string {
    this.#namespaces += 1;
    return `${this.#options.prefix}_${this.#namespaces}`;
  }

  /** A loan. Its release reports errors outside any call. */
  async lendHosts(count: number): Promise<Loan> {
    const loan = await this.#borrow(count);
    const released = async (): Promise<Beside> => {
      const beside = await loan.release();
      this.#late.push(beside);
      return beside;
    };
    return { hosts: loan.hosts, release: released };
  }

  async destroy(connection: Json, namespace: string): Promise<void> {
    this.#late.push(await this.#options.destroy(connection, namespace));
  }

  /** Closes the instances and removes their namespaces. */
  async vacate(environment: string): Promise<void> {
    const bench = this.#benches.get(environment);
    if (bench === undefined) return;
    this.#benches.delete(environment);
    await this.#timed('close', () => this.#leave(bench));
  }

  /**
   * Errors outside any call that belong to no trial, since the last call: from closing instances, from removing
   * namespaces, or after a trial's last answer.
   */
  takeLate(): Beside {
    const late = joined(this.#late);
    this.#late = [];
    return late;
  }

  /** Removes the namespaces and returns the hosts. The next trial borrows again. */
  async close(): Promise<void> {
    try {
      for (const environment of this.#benches.keys()) await this.vacate(environment);
    } finally {
      const loan = this.#loan;
      this.#loan = undefined;
      if (loan !== undefined) this.#late.push(await (await loan).release());
    }
  }

  #furnish(environment: string): Bench {
    const first = this.freshNamespace();
    // Its name begins with the name of the first one, as names of tenants often do.
    const namespaces = this.#options.apart ? [first, `${first}${NAMESPACE_SUFFIX}`] : [first];
    const bench = {
      connection: this.connectionOf(environment),
      isLate: environment === LATE_ANSWERS,
      namespaces,
      seated: new Map<number, OpenedInstance>(),
      trials: 0,
    };
    this.#benches.set(environment, bench);
    return bench;
  }

  /** One seat per process, and one for a second instance in the first process. */
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
    this.#loan ??= this.#borrow(processes);
    const { hosts } = await this.#loan;
    const host = hosts[seat % processes] as Host;
    const namespace = bench.namespaces[index % bench.namespaces.length] as string;
    const isPast = this.#options.mixed && index % 2 === 0;
    const connection = isPast ? this.connectionOf(SERVICE) : bench.connection;
    const late = bench.isLate ? ({ late: true } as const) : {};
    const instance = await this.#timed('open', () =>
      host.open({ connection, namespace, instance: seat + 1, ...late }),
    );
    bench.seated.set(seat, instance);
    return instance;
  }

  async #leave({ seated, namespaces, connection }: Bench): Promise<void> {
    const instances = [...seated.values()];
    for (const instance of instances) await this.#closeInstance(instance);
    this.#late.push(besideIn(instances));
    for (const namespace of namespaces) await this.destroy(connection, namespace);
  }

  /** The process may end while it closes the instance, which no call of a trial shows. */
  async #closeInstance({ host, id }: OpenedInstance): Promise<void> {
    if (!host.alive) return;
    try {
      await host.closeInstance(id);
    } catch (error) {
      if (!hasCode(error, 'HOST_LOST')) throw error;
      this.#late.push({ strays: [endOf(error.details)], leaks: [] });
    }
  }

  #borrow(count: number): Promise<Loan> {
    const { lend, stopwatch } = this.#options;
    return stopwatch === undefined
      ? lend(count)
      : stopwatch.of('hosts', async () => stopwatch.watchCpu(await lend(count)));
  }

  #timed<T>(phase: TimedPhase, action: () => Promise<T>): Promise<T> {
    return this.#options.stopwatch?.of(phase, action) ?? action();
  }
}

/** Errors outside any call in the hosts of `instances`, since the last call. */
export function besideIn(instances: readonly OpenedInstance[]): Beside {
  return joined([...new Set(instances.map(({ host }) => host))].map((host) => host.takeBeside()));
}
