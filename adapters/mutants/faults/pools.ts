/** Pools that do not handle broken connections. */
import { EventEmitter } from 'node:events';
import type { Client, ClientBase, Pool, PoolConfig } from 'pg';
import { loadDriver } from '../../postgres/driver.ts';
import type { Mutant } from '../mutant.ts';

/** The pool has no 'error' handler. */
export const noErrorHandler: Mutant = {
  name: 'no-error-handler',
  origin: "A pool without pool.on('error', …): when an idle connection breaks, the event ends the process.",
  clauses: ['LIFE-02'],
  bases: ['postgres'],
  pool: (Original) =>
    class extends Original {
      override on(event: string, listener: (...given: never[]) => void): this {
        return event === 'error' ? this : super.on(event as 'connect', listener as never);
      }
    },
};

/** Neither connecting nor statements have a timeout. */
export const noCallBound: Mutant = {
  name: 'no-call-bound',
  origin:
    'The defaults of the driver: no query_timeout and no connectionTimeoutMillis, so a server that does not answer blocks forever.',
  clauses: ['ERR-02'],
  bases: ['postgres'],
  pool: (Original) =>
    class extends Original {
      constructor(config?: PoolConfig) {
        super({ ...config, query_timeout: 0, connectionTimeoutMillis: 0 });
      }
    },
};

/** Connections are opened once and used forever. */
export const poolNotRenewed: Mutant = {
  name: 'pool-not-renewed',
  origin: 'A self-made pool, filled at first use: broken connections are handed out like the others.',
  clauses: ['LIFE-02'],
  bases: ['postgres'],
  pool: () => FixedPool as unknown as typeof Pool,
};

type Hook = (client: ClientBase) => Promise<void>;

/** The parts of a pool that the reference uses. */
class FixedPool extends EventEmitter {
  readonly #config: PoolConfig;
  readonly #all: Client[] = [];
  readonly #free: Client[] = [];
  readonly #waiting: ((client: Client) => void)[] = [];
  #made = 0;

  constructor(config: PoolConfig) {
    super();
    this.#config = config;
  }

  async connect(): Promise<Client> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#made >= (this.#config.max ?? 10)) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#made += 1;
    try {
      return await this.#make();
    } catch (error) {
      this.#made -= 1;
      throw error;
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((client) => client.end()));
  }

  async #make(): Promise<Client> {
    const { Client } = await loadDriver();
    const client = new Client(this.#config);
    client.on('error', () => undefined);
    await client.connect();
    await (this.#config.onConnect as Hook | undefined)?.(client);
    this.#all.push(client);
    return Object.assign(client, { release: () => this.#giveBack(client) });
  }

  #giveBack(client: Client): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(client);
    else next(client);
  }
}
