/** Runs trials: opens instances for a topology, keeps namespaces fresh, and puts setup, actors and finale together. */
import type { Json } from '../../adapters/contract/index.ts';
import { runProgram, type Lease, type OpenedInstance } from '../../scenarios/host/index.ts';
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
  /** Hosts to lease: as many as the largest topology of the property needs. */
  readonly processes: number;
  readonly ownNamespace: boolean;
  /** Whether every other instance is opened on a second namespace. */
  readonly apart: boolean;
  /** Milliseconds after which a step counts as blocked. Only steers. */
  readonly blockMs: number;
}

interface Bench {
  readonly namespaces: readonly string[];
  readonly instances: readonly OpenedInstance[];
  trials: number;
}

/** How the steps of a trial's actors are interleaved. */
export type Interleaving =
  { readonly mode: 'free' } | { readonly mode: 'scheduled'; readonly choices: readonly number[] };

export class Lab {
  readonly #options: LabOptions;
  readonly #benches = new Map<Topology, Bench>();
  /** One for all topologies: a lab that held one lease and waited for another could wait for ever. */
  #lease: Promise<Lease> | undefined;
  #namespaces = 0;
  #trials = 0;

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
    const count = bench.instances.length;
    const actors = trial.actors.map((actor) => ({ ...actor, instance: actor.instance % count }));
    const outcome = await this.#play(bench, { ...trial, actors }, interleaving);
    const { main, unfinished } = outcome;
    const broken = unfinished !== undefined || main.stuck.length > 0 || main.lost.length > 0;
    if (broken) await this.close();
    else if (closesAnInstance(actors)) await this.#vacate(topology);
    return outcome;
  }

  /** Setup, actors and finale; what comes after a part that never ended is left out. */
  async #play(bench: Bench, trial: Trial, interleaving: Interleaving): Promise<TrialOutcome> {
    const { instances } = bench;
    const patienceMs = trial.patienceMs ?? DEFAULT_PATIENCE_MS;
    const setup = await straight(instances, 0, trial.setup ?? [], SETUP_PATIENCE_MS);
    if (broke(setup))
      return {
        setup: setup.records,
        main: NOTHING,
        finale: [],
        unfinished: { part: 'setup', step: lastStep(setup) },
      };
    const program = { actors: trial.actors, patienceMs };
    const main = await runProgram(instances, program, this.#schedule(trial, interleaving));
    if (broke(main)) return { setup: setup.records, main, finale: [] };
    const finale = await straight(instances, instances.length - 1, trial.finale ?? [], patienceMs);
    return {
      setup: setup.records,
      main,
      finale: finale.records,
      ...(broke(finale) ? { unfinished: { part: 'finale', step: lastStep(finale) } } : {}),
    };
  }

  /** What a property that runs its own trials may use. */
  tools(): Pick<Tools, 'lease' | 'connection' | 'processes' | 'destroy' | 'freshNamespace'> {
    const { lease, connection, processes, destroy } = this.#options;
    return { lease, connection, processes, destroy, freshNamespace: () => this.#freshNamespace() };
  }

  /** Removes the namespaces and gives the hosts back. The next trial leases again. */
  async close(): Promise<void> {
    try {
      for (const topology of this.#benches.keys()) await this.#vacate(topology);
    } finally {
      const lease = this.#lease;
      this.#lease = undefined;
      if (lease !== undefined) await (await lease).release();
    }
  }

  #schedule({ order }: Trial, interleaving: Interleaving): Schedule {
    const { blockMs } = this.#options;
    if (order !== undefined) return { mode: 'replay', order, blockMs };
    if (interleaving.mode === 'free') return interleaving;
    return { mode: 'scheduled', choices: interleaving.choices, blockMs };
  }

  async #bench(topology: Topology, fresh: boolean): Promise<Bench> {
    const current = this.#benches.get(topology);
    const limit = this.#options.ownNamespace || fresh ? 1 : TRIALS_PER_NAMESPACE;
    if (current !== undefined && current.trials < limit) return current;
    await this.#vacate(topology);
    const bench = await this.#furnish(topology);
    this.#benches.set(topology, bench);
    return bench;
  }

  #freshNamespace(): string {
    this.#namespaces += 1;
    return `${this.#options.prefix}_${this.#namespaces}`;
  }

  async #furnish(topology: Topology): Promise<Bench> {
    this.#lease ??= this.#options.lease(this.#options.processes);
    const all = (await this.#lease).hosts;
    const first = all.slice(0, 1);
    const hosts = { one: first, shared: [...first, ...first], processes: all }[topology];
    const { apart, connection } = this.#options;
    const namespaces = Array.from({ length: apart ? 2 : 1 }, () => this.#freshNamespace());
    const instances: OpenedInstance[] = [];
    for (const [index, host] of hosts.entries()) {
      const namespace = namespaces[index % namespaces.length] as string;
      instances.push(await host.open({ connection, namespace, instance: index + 1 }));
    }
    return { namespaces, instances, trials: 0 };
  }

  /** Closes the topology's instances and removes their namespaces. */
  async #vacate(topology: Topology): Promise<void> {
    const bench = this.#benches.get(topology);
    if (bench === undefined) return;
    this.#benches.delete(topology);
    for (const { host, id } of bench.instances) if (host.alive) await host.closeInstance(id);
    for (const namespace of bench.namespaces) await this.#options.destroy(namespace);
  }
}

const NOTHING: ProgramHistory = { records: [], order: [], stuck: [], ghosts: [], lost: [], strays: [] };

async function straight(
  instances: readonly OpenedInstance[],
  instance: number,
  steps: readonly Step[],
  patienceMs: number,
): Promise<ProgramHistory> {
  if (steps.length === 0) return NOTHING;
  return runProgram(instances, { actors: [{ instance, steps }], patienceMs }, { mode: 'free' });
}

/** Index of the step that did not end, in the history of one actor. */
function lastStep({ stuck, records }: ProgramHistory): number {
  return stuck[0]?.step ?? records.length;
}

function broke(history: ProgramHistory): boolean {
  return history.stuck.length > 0 || history.lost.length > 0;
}

/** Whether an actor closes its instance and does not open it again. */
function closesAnInstance(actors: readonly Actor[]): boolean {
  return actors.some(({ steps }) => {
    const last = steps.findLast((step) => step.do === 'close' || step.do === 'reopen');
    return last?.do === 'close';
  });
}

/** The first step of `records` that failed, for setups that must succeed. */
export function firstError(records: readonly StepRecord[]): StepRecord | undefined {
  return records.find((record) => record.outcome.status === 'error');
}
