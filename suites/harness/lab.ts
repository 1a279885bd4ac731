/** Runs trials: opens instances for a topology, keeps namespaces fresh, and puts setup, actors and finale together. */
import type { Json } from '../../adapters/contract/index.ts';
import { runProgram, type Host, type Lease, type OpenedInstance } from '../../scenarios/host/index.ts';
import type { Actor, ProgramHistory, Schedule, Step, StepRecord } from '../../scenarios/host/program.ts';
import type { Scope, Tools, Topology, Trial, TrialOutcome } from './property.ts';

/** Trials that share a namespace before a fresh one is opened, so that lists over everything stay short. */
const TRIALS_PER_NAMESPACE = 40;
/** How long unfinished steps of a trial are waited for, unless the trial says otherwise. */
export const DEFAULT_PATIENCE_MS = 5_000;
const SETUP_PATIENCE_MS = 10_000;
/** Prefixes count down from here, so that a list over everything shows the latest trial's rows first. */
const HIGHEST_PREFIX = 9_999_999;

export interface LabOptions {
  /** Gives `count` healthy hosts. */
  readonly lease: (count: number) => Promise<Lease>;
  readonly connection: Json;
  /** Removes a namespace; must work even when a leased host is gone. */
  readonly destroy: (namespace: string) => Promise<void>;
  /** Prefix of this lab's namespaces, unique in the run: `[a-z0-9_]`. */
  readonly prefix: string;
  /** Hosts for the topology `processes`. */
  readonly processes: number;
  readonly ownNamespace: boolean;
  /** Milliseconds after which a step counts as blocked. Only steers. */
  readonly blockMs: number;
}

interface Bench {
  readonly namespace: string;
  readonly lease: Lease;
  readonly instances: readonly OpenedInstance[];
  trials: number;
}

/** How the steps of a trial's actors are interleaved. */
export type Interleaving =
  { readonly mode: 'free' } | { readonly mode: 'scheduled'; readonly choices: readonly number[] };

export class Lab {
  readonly #options: LabOptions;
  readonly #benches = new Map<Topology, Bench>();
  #namespaces = 0;
  #trials = 0;

  constructor(options: LabOptions) {
    this.#options = options;
  }

  /** A scope for the next trial. */
  scope(): Scope {
    this.#trials += 1;
    const number = this.#trials;
    const prefix = `t${HIGHEST_PREFIX - number}-`;
    return {
      number,
      id: (name) => prefix + name,
      name: (id) => (id.startsWith(prefix) ? id.slice(prefix.length) : id),
    };
  }

  async run(topology: Topology, trial: Trial, interleaving: Interleaving): Promise<TrialOutcome> {
    const bench = await this.#bench(topology, trial.freshNamespace ?? false);
    bench.trials += 1;
    const last = bench.instances.length - 1;
    const setup = await this.#straight(bench, 0, trial.setup ?? []);
    const count = bench.instances.length;
    const actors = trial.actors.map((actor) => ({ ...actor, instance: actor.instance % count }));
    const program = { actors, patienceMs: trial.patienceMs ?? DEFAULT_PATIENCE_MS };
    const main = await runProgram(bench.instances, program, this.#schedule(interleaving));
    const broken = main.stuck.length > 0 || main.lost.length > 0;
    const finale = broken ? [] : (await this.#straight(bench, last, trial.finale ?? [])).records;
    if (broken || closesAnInstance(actors)) await this.#dismantle(topology);
    return { setup: setup.records, main, finale };
  }

  /** What a property that runs its own trials may use. */
  tools(): Pick<Tools, 'lease' | 'connection' | 'processes' | 'destroy' | 'freshNamespace'> {
    const { lease, connection, processes, destroy } = this.#options;
    return { lease, connection, processes, destroy, freshNamespace: () => this.#freshNamespace() };
  }

  /** Gives the hosts back and removes the namespaces. */
  async close(): Promise<void> {
    for (const topology of [...this.#benches.keys()]) await this.#dismantle(topology);
  }

  #schedule(interleaving: Interleaving): Schedule {
    if (interleaving.mode === 'free') return interleaving;
    return { mode: 'scheduled', choices: interleaving.choices, blockMs: this.#options.blockMs };
  }

  async #straight(bench: Bench, instance: number, steps: readonly Step[]): Promise<ProgramHistory> {
    if (steps.length === 0) return { records: [], order: [], stuck: [], ghosts: [], lost: [], strays: [] };
    return runProgram(
      bench.instances,
      { actors: [{ instance, steps }], patienceMs: SETUP_PATIENCE_MS },
      { mode: 'free' },
    );
  }

  async #bench(topology: Topology, fresh: boolean): Promise<Bench> {
    const current = this.#benches.get(topology);
    const limit = this.#options.ownNamespace || fresh ? 1 : TRIALS_PER_NAMESPACE;
    if (current !== undefined && current.trials < limit) return current;
    const lease = current === undefined ? await this.#lease(topology) : await this.#vacate(current);
    try {
      const bench = await this.#furnish(topology, lease);
      this.#benches.set(topology, bench);
      return bench;
    } catch (error) {
      this.#benches.delete(topology);
      await lease.release();
      throw error;
    }
  }

  #freshNamespace(): string {
    this.#namespaces += 1;
    return `${this.#options.prefix}_${this.#namespaces}`;
  }

  async #lease(topology: Topology): Promise<Lease> {
    return this.#options.lease(topology === 'processes' ? this.#options.processes : 1);
  }

  async #furnish(topology: Topology, lease: Lease): Promise<Bench> {
    const namespace = this.#freshNamespace();
    const hosts: readonly Host[] = topology === 'shared' ? [lease.hosts[0]!, lease.hosts[0]!] : lease.hosts;
    const instances: OpenedInstance[] = [];
    for (const [index, host] of hosts.entries()) {
      instances.push(
        await host.open({ connection: this.#options.connection, namespace, instance: index + 1 }),
      );
    }
    return { namespace, lease, instances, trials: 0 };
  }

  /** Closes the instances and removes the namespace; the hosts stay leased. */
  async #vacate(bench: Bench): Promise<Lease> {
    for (const { host, id } of bench.instances) if (host.alive) await host.closeInstance(id);
    await this.#options.destroy(bench.namespace);
    return bench.lease;
  }

  async #dismantle(topology: Topology): Promise<void> {
    const bench = this.#benches.get(topology);
    if (bench === undefined) return;
    this.#benches.delete(topology);
    try {
      await this.#vacate(bench);
    } finally {
      await bench.lease.release();
    }
  }
}

function closesAnInstance(actors: readonly Actor[]): boolean {
  return actors.some((actor) => actor.steps.some((step) => step.do === 'close'));
}

/** The first step of `records` that failed, for setups that must succeed. */
export function firstError(records: readonly StepRecord[]): StepRecord | undefined {
  return records.find((record) => record.outcome.status === 'error');
}
