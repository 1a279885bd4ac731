/** The operator of the move: a process of its own if the storages are shared, or else the only service. */
import type { Json, Migration } from '../../adapters/contract/index.ts';
import { Worker } from '../load/run/channel.ts';
import type { ServiceCommand, SidesDeciding } from '../load/run/control.ts';
import { answered, OPENED } from '../load/service/serviceSays.ts';
import type { Opening } from '../load/run/opening.ts';

const OPEN_MS = 60_000;
/** How long one call of the surface takes at most, in milliseconds, such as a comparison of everything. */
export const CALL_MS = 300_000;

export interface OperatorOptions {
  /** The name of its process in errors: `The operator`. */
  readonly name: string;
  /** The service whose instance it uses. Undefined: it starts a process of its own. */
  readonly service: (() => Worker<ServiceCommand>) | undefined;
  /** Returns what its next instance is opened with. */
  readonly openingOf: () => Opening;
  /** Its number, which continues those of the services. */
  readonly number: number;
}

export class Operator {
  readonly #options: OperatorOptions;
  #worker: Worker<ServiceCommand> | undefined;

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  /** Its process, which is started and opened if there is none. */
  get worker(): Promise<Worker<ServiceCommand>> {
    return this.#opened();
  }

  /** Calls a member of the surface `migration`. Opens an instance if there is none. Rejects with WORKER_FAILED. */
  async call<T>(member: keyof Migration, ...args: readonly Json[]): Promise<T> {
    const worker = await this.#opened();
    return await worker.call<T>({ do: 'migrate', member, args }, CALL_MS);
  }

  /** Asks each side whether it decides. */
  async decides(): Promise<SidesDeciding> {
    const worker = await this.#opened();
    return await worker.call<SidesDeciding>({ do: 'decides' }, OPEN_MS);
  }

  /** Whether its process can be killed. */
  get isApart(): boolean {
    return this.#options.service === undefined;
  }

  /** Kills its process at any point. The next call opens another one. Resolves with the proof. */
  async kill(): Promise<string> {
    const worker = this.#worker;
    if (!this.isApart || worker === undefined) throw new Error('no operator had a process of its own');
    worker.signal('SIGKILL');
    const { signal } = await worker.exited;
    return `process ${worker.pid} ended by ${signal}`;
  }

  /** Closes its instance. The next call opens another one. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    if (worker.exit === undefined) await worker.call({ do: 'close' }, OPEN_MS).catch(() => {});
    await worker.end();
  }

  async #opened(): Promise<Worker<ServiceCommand>> {
    const { name, service, openingOf, number } = this.#options;
    if (service !== undefined) return service();
    if (this.#worker !== undefined && this.#worker.exit === undefined) return this.#worker;
    const worker = new Worker<ServiceCommand>(name, 'scenarios/load/service/service');
    this.#worker = worker;
    const command = { do: 'open', ...openingOf(), service: number } as const;
    answered(worker, OPENED, await worker.call<unknown>(command, OPEN_MS));
    return worker;
  }
}
