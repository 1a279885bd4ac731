/** The proxies of a load whose network is struck: one per service, in front of the storage. */
import type { Json } from '../../../adapters/contract/index.ts';
import { StorageProxy } from '../../faults/proxy/proxy.ts';
import type { Hosting } from './hosting.ts';

export class Proxies {
  readonly #proxies: readonly StorageProxy[];
  readonly #connections: readonly Json[];

  private constructor(proxies: readonly StorageProxy[], connections: readonly Json[]) {
    this.#proxies = proxies;
    this.#connections = connections;
  }

  /** Rejects with TARGET_FAILED. Then no proxy is left. */
  static async start(hosting: Hosting, services: number): Promise<Proxies> {
    const storage = await hosting.address();
    const proxies: StorageProxy[] = [];
    try {
      const connections: Json[] = [];
      for (let service = 1; service <= services; service += 1) {
        const proxy = await StorageProxy.start(storage, hosting.network ?? {});
        proxies.push(proxy);
        connections.push(await hosting.through(proxy.address));
      }
      return new Proxies(proxies, connections);
    } catch (error) {
      await closeAll(proxies);
      throw error;
    }
  }

  get all(): readonly StorageProxy[] {
    return this.#proxies;
  }

  /** The proxy of a service. `service` counts from 1. */
  of(service: number): StorageProxy {
    return this.#proxies[service - 1] as StorageProxy;
  }

  connectionOf(service: number): Json {
    return this.#connections[service - 1] as Json;
  }

  async close(): Promise<void> {
    await closeAll(this.#proxies);
  }
}

async function closeAll(proxies: readonly StorageProxy[]): Promise<void> {
  await Promise.all(proxies.map((proxy) => proxy.close()));
}
