/** A TCP proxy in front of PostgreSQL, on the loopback interface. It counts what passes. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../../adapters/contract/index.ts';
import { NO_TRAFFIC, plus, TrafficCounter, type Traffic } from './traffic.ts';

/**
 * How long answers are delayed, in milliseconds. Whatever a client sends without waiting for an answer has passed by
 * then, even on a busy machine, so it counts as one round trip.
 */
const ANSWERED_AFTER_MS = 10;
/** If nothing has passed for this long, no request is under way any more. */
const QUIET_MS = 3 * ANSWERED_AFTER_MS;
/** The longest wait for that. */
const QUIET_WITHIN_MS = 10_000;

export class CountingProxy {
  readonly #server: Server;
  readonly #storage: Address;
  readonly #sockets = new Set<Socket>();
  readonly #counters: TrafficCounter[] = [];
  #passedAt = performance.now();

  private constructor(storage: Address) {
    this.#storage = storage;
    this.#server = createServer((client) => this.#serve(client));
  }

  static async start(storage: Address): Promise<CountingProxy> {
    const proxy = new CountingProxy(storage);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** The traffic on all connections since the start. */
  get traffic(): Traffic {
    return this.#counters.reduce((sum, { traffic }) => plus(sum, traffic), NO_TRAFFIC);
  }

  /** Whether the traffic cannot be read because it is encrypted. */
  get isEncrypted(): boolean {
    return this.#counters.some((counter) => counter.isEncrypted);
  }

  /** Waits until nothing passes any more. Gives up after a while if traffic never stops. */
  async quiet(): Promise<void> {
    const until = performance.now() + QUIET_WITHIN_MS;
    for (;;) {
      const restMs = this.#passedAt + QUIET_MS - performance.now();
      if (restMs <= 0 || performance.now() >= until) return;
      await sleep(restMs);
    }
  }

  /** Ends every connection and frees the port. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(client: Socket): void {
    const storage = connect(this.#storage.port, this.#storage.host);
    const counter = new TrafficCounter();
    this.#counters.push(counter);
    client.on('data', (chunk) => {
      this.#passedAt = performance.now();
      counter.request(chunk);
      storage.write(chunk);
    });
    storage.on('data', (chunk) => {
      this.#passedAt = performance.now();
      setTimeout(() => {
        counter.answer(chunk);
        client.write(chunk);
        this.#passedAt = performance.now();
      }, ANSWERED_AFTER_MS);
    });
    for (const [socket, other] of [
      [client, storage],
      [storage, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      // After the delayed answers have been passed on.
      socket.once('end', () => setTimeout(() => other.end(), ANSWERED_AFTER_MS));
      socket.once('close', () => {
        this.#sockets.delete(socket);
        setTimeout(() => other.destroy(), ANSWERED_AFTER_MS).unref();
      });
    }
  }
}
