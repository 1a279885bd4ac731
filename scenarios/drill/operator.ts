/** Whoever runs the move: a process of its own where the storages are shared, else the one service there is. */
import type { Json, Migration } from '../../adapters/contract/index.ts';
import { Worker } from '../load/run/channel.ts';
import type { ServiceCommand, SidesDeciding } from '../load/run/control.ts';
import { answered, OPENED } from '../load/service/serviceSays.ts';
import type { Opening } from '../load/run/opening.ts';

const OPEN_MS = 60_000;
/** The longest that one call of the surface takes, in milliseconds: a comparison of everything, say. */
export const CALL_MS = 300_000;

export interface OperatorOptions {
  /** How errors call its process: `The operator`. */
  readonly name: string;
  /** The service whose instance it uses; undefined: a process of its own is started. */
  readonly service: (() => Worker<ServiceCommand>) | undefined;
  /** What its instance is opened with that is opened now. */
  readonly openingOf: () => Opening;
  /** Its number, among those of services. */
  readonly number: number;
}

export class Operator {
  readonly #options: OperatorOptions;
  #worker: Worker<ServiceCommand> | undefined;

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  /** Its process, started and opened where there is none. */
  get worker(): Promise<Worker<ServiceCommand>> {
    return this.#opened();
  }

  /** Calls a member of the surface `migration`; opens an instance where there is none. Rejects with WORKER_FAILED. */
  async call<T>(member: keyof Migration, ...args: readonly Json[]): Promise<T> {
    const worker = await this.#opened();
    return await worker.call<T>({ do: 'migrate', member, args }, CALL_MS);
  }

  /** Which side decides, as each of them says itself. */
  async decides(): Promise<SidesDeciding> {
    const worker = await this.#opened();
    return await worker.call<SidesDeciding>({ do: 'decides' }, OPEN_MS);
  }

  /** Whether its process can be killed. */
  get isApart(): boolean {
    return this.#options.service === undefined;
  }

  /** Kills its process, whatever it is about; the next call opens another. Resolves with what shows it. */
  async kill(): Promise<string> {
    const worker = this.#worker;
    if (!this.isApart || worker === undefined) throw new Error('no operator had a process of its own');
    worker.signal('SIGKILL');
    const { signal } = await worker.exited;
    return `process ${worker.pid} ended by ${signal}`;
  }

  /** Closes its instance; the next call opens another. */
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
