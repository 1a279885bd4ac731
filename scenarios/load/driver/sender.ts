/** One of the connections that send the requests of a bundle: which service it asks, and under which client number. */
import { Connection, type Exchange, type HttpRequest } from './connection.ts';
import type { DrivenService } from '../run/control.ts';
import type { RunClock } from '../service/journal.ts';

/** The pause after a lost request, in milliseconds, because asking a troubled service at once makes it worse. */
const PAUSE_AFTER_LOSS_MS = 50;

/** The client numbers of one driver: more than it can ever use. */
const CLIENTS_PER_DRIVER = 1_000_000;

/** The number of a driver's client, unique in the run. `number` counts from 1, `driver` from 0. */
export function clientOf(driver: number, number: number): number {
  return driver * CLIENTS_PER_DRIVER + number;
}

/** How long a service that will be replaced is not asked after it refused a connection, in milliseconds. */
const GONE_FOR_MS = 200;

/** The services of a run, and which of them a driver can still reach. */
export class Services {
  readonly #all: readonly DrivenService[];
  readonly #gone = new Set<number>();
  /** Whether lost services are replaced. */
  readonly #revives: boolean;

  constructor(all: readonly DrivenService[], revives: boolean) {
    this.#all = all;
    this.#revives = revives;
  }

  /** The service for the place `place`: its own, or the next one that is available. Undefined: none is available. */
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

  /** Notes that nobody listens at its port any more. */
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
  /** Returns the next client number, unique in the run. */
  readonly nextClient: () => number;
}

/** The outcome of one request, with its client and its service. */
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

  /** The number of the current client. */
  get client(): number {
    return this.#client;
  }

  /** The number of the service that was asked last. 0: none yet. */
  get service(): number {
    return this.#service?.service ?? 0;
  }

  /** Sends one request. Undefined: no service is left. */
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
      // A lost request may still be in progress, so the next request belongs to another client.
      this.#client = nextClient();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_LOSS_MS));
    }
    return { ...exchange, client, service: service.service };
  }

  close(): void {
    this.#connection?.close();
  }
}
