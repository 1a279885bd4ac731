/** One of the connections that send the requests of a bundle: which service it asks, and under which client number. */
import { Connection, type Exchange, type HttpRequest } from './connection.ts';
import type { DrivenService } from '../run/control.ts';
import type { RunClock } from '../service/journal.ts';

/** Pause in milliseconds after a lost request: whatever ails the service, asking at once makes it worse. */
const PAUSE_AFTER_LOSS_MS = 50;

/** Client numbers of one driver: beyond what it can ever use. */
const CLIENTS_A_DRIVER = 1_000_000;

/** The number, unique in the run, of client `number` (from 1) of a driver (from 0). */
export function clientOf(driver: number, number: number): number {
  return driver * CLIENTS_A_DRIVER + number;
}

/** How long a service that is replaced is not asked after it took no connection, in milliseconds. */
const GONE_FOR_MS = 200;

/** The services of a run, and which of them a driver still reaches. */
export class Services {
  readonly #all: readonly DrivenService[];
  readonly #gone = new Set<number>();
  /** Whether a service that is gone is replaced. */
  readonly #revives: boolean;

  constructor(all: readonly DrivenService[], revives: boolean) {
    this.#all = all;
    this.#revives = revives;
  }

  /** The service that place `place` asks: its own, or the next one that is there. undefined: none is. */
  at(place: number): DrivenService | undefined {
    for (let step = 0; step < this.#all.length; step += 1) {
      const service = this.#all[(place + step) % this.#all.length] as DrivenService;
      if (!this.#gone.has(service.service)) return service;
    }
    return this.#revives ? this.#all[place % this.#all.length] : undefined;
  }

  get gone(): readonly number[] {
    return [...this.#gone];
  }

  /** Nobody listens at its port any more. */
  refused(service: number): void {
    this.#gone.add(service);
    if (this.#revives) setTimeout(() => this.#gone.delete(service), GONE_FOR_MS).unref();
  }
}

export interface SenderOptions {
  readonly services: Services;
  readonly place: number;
  readonly timeoutMs: number;
  readonly now: RunClock;
  /** Numbers clients, unique in the run. */
  readonly nextClient: () => number;
}

/** What one request came to, and who asked whom. */
export type Asked = Exchange & { readonly client: number; readonly service: number };

export class Sender {
  readonly #options: SenderOptions;
  #connection: Connection | undefined;
  #service: DrivenService | undefined;
  #client: number;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#client = options.nextClient();
  }

  /** Who asks, or would ask. */
  get client(): number {
    return this.#client;
  }

  /** Number of the service that was asked last; 0 before. */
  get service(): number {
    return this.#service?.service ?? 0;
  }

  /** Sends one request; undefined when there is no service left. */
  async ask(request: HttpRequest): Promise<Asked | undefined> {
    const { services, place, timeoutMs, now, nextClient } = this.#options;
    const service = services.at(place);
    if (service === undefined) return undefined;
    if (service !== this.#service) {
      this.#connection?.close();
      this.#connection = undefined;
      this.#service = service;
    }
    this.#connection ??= new Connection({
      port: service.port,
      token: service.token,
      timeoutMs,
      now,
    });
    const client = this.#client;
    const exchange = await this.#connection.send(request);
    if (exchange.kind === 'lost') {
      if (exchange.refused) services.refused(service.service);
      // What was lost may still be under way: whatever comes next is another client's.
      this.#client = nextClient();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_LOSS_MS));
    }
    return { ...exchange, client, service: service.service };
  }

  close(): void {
    this.#connection?.close();
  }
}
