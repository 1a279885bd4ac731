/** The service processes of a run. One that ends by itself is noted, and the others go on. */
import { join } from 'node:path';
import type { Json, Surface } from '../../adapters/contract/index.ts';
import { hasCode } from '../lockstepError.ts';
import { Worker } from './channel.ts';
import type { DrivenService, ServiceCommand, ServiceOpened, ServiceStarted } from './control.ts';
import type { Hosting } from './hosting.ts';
import type { ResolvedLoad } from './options.ts';

const OPEN_MS = 60_000;
const SEED_MS = 300_000;
const SERVE_MS = 10_000;
/** Longer than any request waits for a lock. */
const IDLE_MS = 30_000;
const AUDIT_MS = 300_000;
const CLOSE_MS = 15_000;

export interface LostService {
  readonly service: number;
  readonly how: string;
}

interface Running {
  readonly number: number;
  readonly worker: Worker<ServiceCommand>;
}

export class Fleet {
  readonly #options: ResolvedLoad;
  readonly #hosting: Hosting;
  readonly #namespace: string;
  readonly #services: Running[] = [];

  constructor(options: ResolvedLoad, hosting: Hosting, namespace: string) {
    this.#options = options;
    this.#hosting = hosting;
    this.#namespace = namespace;
  }

  /** Starts every service and opens its instance; returns the surfaces that they have. */
  async open(): Promise<readonly Surface[]> {
    for (let number = 1; number <= this.#options.services; number += 1)
      this.#services.push({ number, worker: startService(`Service ${number}`) });
    const opened = await Promise.all(this.#services.map(({ number, worker }) => this.#open(worker, number)));
    return opened[0]?.surfaces ?? [];
  }

  /** One service after the other, so that storage that they share is full when the second comes. */
  async seed(count: number, exports: readonly string[]): Promise<void> {
    const { mix, workload } = this.#options;
    for (const { worker } of this.#services)
      await worker.call({ do: 'seed', mix, workload, count, exports }, SEED_MS);
  }

  serve(epoch: bigint): Promise<DrivenService[]> {
    const { workload, out } = this.#options;
    return Promise.all(
      this.#services.map(async ({ number, worker }) => {
        const journal = join(out, `journal-${number}.jsonl`);
        const { port } = await worker.call<ServiceStarted>(
          { do: 'serve', workload, epoch: String(epoch), journal },
          SERVE_MS,
        );
        return { service: number, port };
      }),
    );
  }

  /**
   * Waits until no service works on a request any more: a driver may have given up on some that are still under way.
   * Returns what went wrong, one line each.
   */
  async quiesce(): Promise<string[]> {
    const waits = this.#alive().map(({ worker }) => worker.call({ do: 'idle' }, IDLE_MS));
    return problemsOf(await Promise.allSettled(waits));
  }

  /**
   * Pays what effects promised and requests did not live to pay, through every surviving service in turn.
   * Returns what went wrong, one line each.
   */
  async drivePayouts(): Promise<string[]> {
    const problems: string[] = [];
    for (const { worker } of this.#alive())
      await worker
        .call({ do: 'drivePayouts' }, AUDIT_MS)
        .catch((error: unknown) => problems.push(String(error)));
    return problems;
  }

  /** Ends the export jobs that the load has left, in all surviving services at once. Returns what went wrong, one line each. */
  async drainExports(longestLeaseMs: number): Promise<string[]> {
    const drains = this.#alive().map(({ worker }) =>
      worker.call({ do: 'drainExports', longestLeaseMs }, AUDIT_MS),
    );
    return problemsOf(await Promise.allSettled(drains));
  }

  /**
   * Lets every surviving service read everything, and a new process too where instances share storage.
   * Returns what went wrong, one line each.
   */
  async audit(): Promise<string[]> {
    const audits = this.#alive().map(({ number, worker }) => this.#audit(worker, number));
    if (this.#hosting.capabilities.crossInstance) audits.push(this.#auditFresh());
    return problemsOf(await Promise.allSettled(audits));
  }

  /** Services that ended by themselves. */
  lost(): readonly LostService[] {
    return this.#services.flatMap(({ number, worker: { exit } }) =>
      exit === undefined
        ? []
        : [{ service: number, how: exit.error ?? exit.signal ?? `exit status ${exit.code}` }],
    );
  }

  /** Drains, closes and ends every process. */
  async close(): Promise<void> {
    await Promise.all(this.#services.map(({ worker }) => closeService(worker)));
  }

  #alive(): Running[] {
    return this.#services.filter(({ worker }) => worker.exit === undefined);
  }

  #open(worker: Worker<ServiceCommand>, service: number): Promise<ServiceOpened> {
    const connection: Json = this.#hosting.connection;
    const { target } = this.#options;
    return worker.call({ do: 'open', target, connection, namespace: this.#namespace, service }, OPEN_MS);
  }

  #audit(worker: Worker<ServiceCommand>, reader: number | 'fresh'): Promise<null> {
    const path = join(this.#options.out, `audit-${reader}.json`);
    return worker.call({ do: 'audit', reader, path }, AUDIT_MS);
  }

  async #auditFresh(): Promise<null> {
    const worker = startService('The auditing process');
    try {
      await this.#open(worker, 0);
      return await this.#audit(worker, 'fresh');
    } finally {
      await closeService(worker);
    }
  }
}

function problemsOf(settled: readonly PromiseSettledResult<unknown>[]): string[] {
  return settled.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
}

function startService(name: string): Worker<ServiceCommand> {
  return new Worker<ServiceCommand>(name, 'scenarios/load/service');
}

async function closeService(worker: Worker<ServiceCommand>): Promise<void> {
  try {
    if (worker.exit === undefined) await worker.call({ do: 'close' }, CLOSE_MS);
  } catch (error) {
    // It is ended by force below; a close that hangs is the suites' business.
    if (!hasCode(error, 'WORKER_FAILED')) throw error;
  } finally {
    await worker.end();
  }
}
