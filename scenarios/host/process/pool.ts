/** Started hosts, reused from clause to clause. */
import { defined } from '../../../adapters/contract/defined.ts';
import { joined, NOTHING_BESIDE, type Beside } from '../beside/beside.ts';
import type { TargetReference } from './commands.ts';
import { startHost, type Host, type LinkedHost } from './host.ts';
import type { ImportModule } from '../importModule.ts';

export interface HostPoolOptions {
  readonly target: TargetReference;
  /** The most hosts at one time. */
  readonly maxHosts: number;
  readonly inProcess?: boolean;
  /** With `inProcess`: how modules of targets are imported. Default: as Node.js does. */
  readonly importModule?: ImportModule;
  /** Where node's inspector of host 1 listens. */
  readonly inspectHost?: string;
}

export interface HostPool extends AsyncDisposable {
  /**
   * `count` distinct hosts with the target loaded, in the order of their numbers. Waits for its turn.
   * Rejects with TARGET_FAILED, HOST_LOST, or RangeError for more than `maxHosts`.
   */
  lease(count: number): Promise<Lease>;
  /** Ends all hosts, leased ones too. Idempotent. Resolves to what came beside every call and nobody has asked for. */
  close(): Promise<Beside>;
}

export interface Lease {
  readonly hosts: readonly Host[];
  /**
   * Gives the hosts back; instances left open in them are closed. Idempotent, never rejects. Resolves to what came
   * beside the calls in them and nobody has asked for.
   */
  release(): Promise<Beside>;
}

export function createHostPool(options: HostPoolOptions): HostPool {
  return new Pool(options);
}

/** A place for one host. Its number stays when the host is replaced. */
interface Place {
  readonly process: number;
  host: LinkedHost | undefined;
  leased: boolean;
}

interface Turn {
  readonly count: number;
  readonly resolve: (places: readonly Place[]) => void;
  readonly reject: (error: Error) => void;
}

class Pool implements HostPool {
  readonly #options: HostPoolOptions;
  readonly #places: readonly Place[];
  #turns: Turn[] = [];
  #closing: Promise<Beside> | undefined;

  constructor(options: HostPoolOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.maxHosts }, (_, index) => ({
      process: index + 1,
      host: undefined,
      leased: false,
    }));
  }

  async lease(count: number): Promise<Lease> {
    if (!Number.isInteger(count) || count < 1 || count > this.#places.length)
      throw new RangeError(`Expected 1 to ${this.#places.length} hosts, got ${count}.`);
    const places = await this.#turn(count);
    try {
      const settled = await Promise.allSettled(places.map((place) => this.#hostIn(place)));
      const hosts = settled.map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
      let released: Promise<Beside> | undefined;
      return { hosts, release: () => (released ??= this.#release(places)) };
    } catch (error) {
      await this.#release(places);
      throw error;
    }
  }

  close(): Promise<Beside> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #closeAll(): Promise<Beside> {
    for (const turn of this.#turns) turn.reject(closed());
    this.#turns = [];
    await Promise.all(this.#places.map(({ host }) => host?.close()));
    return joined(this.#places.flatMap(({ host }) => host?.takeBeside() ?? []));
  }

  #turn(count: number): Promise<readonly Place[]> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#turns.push({ count, resolve, reject });
      this.#grant();
    });
  }

  /** In the order of asking, so that a lease of many hosts is not overtaken for ever. */
  #grant(): void {
    for (let next = this.#turns[0]; next !== undefined; next = this.#turns[0]) {
      const free = this.#places.filter(({ leased }) => !leased);
      if (free.length < next.count) return;
      // Those with a running host first; then in the order of numbers.
      const chosen = free
        .sort((a, b) => Number(b.host !== undefined) - Number(a.host !== undefined) || a.process - b.process)
        .slice(0, next.count)
        .sort((a, b) => a.process - b.process);
      for (const place of chosen) place.leased = true;
      this.#turns.shift();
      next.resolve(chosen);
    }
  }

  async #hostIn(place: Place): Promise<LinkedHost> {
    if (place.host?.healthy === true) return place.host;
    const { target, inProcess, importModule, inspectHost } = this.#options;
    const host = (await startHost({
      process: place.process,
      ...defined({ inProcess, importModule }),
      ...(inspectHost === undefined || place.process !== 1 ? {} : { inspectHost }),
    })) as LinkedHost;
    place.host = host;
    if (this.#closing !== undefined) {
      await host.close();
      throw closed();
    }
    try {
      await host.load(target);
    } catch (error) {
      host.poison();
      throw error;
    }
    return host;
  }

  async #release(places: readonly Place[]): Promise<Beside> {
    const parts = await Promise.all(
      places.map(async (place) => {
        const { host } = place;
        await host?.tidy();
        if (place.host?.healthy === false) {
          await place.host.close();
          place.host = undefined;
        }
        const beside = host?.takeBeside() ?? NOTHING_BESIDE;
        place.leased = false;
        return beside;
      }),
    );
    this.#grant();
    return joined(parts);
  }
}

function closed(): Error {
  return new Error('The host pool is closed.');
}
