/** Running hosts, which clauses borrow one after another. */
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
  /** With `inProcess`: how modules of targets are imported. Default: by Node.js. */
  readonly importModule?: ImportModule;
  /** The address of Node's inspector in host 1. */
  readonly inspectHost?: string;
}

export interface HostPool extends AsyncDisposable {
  /**
   * Lends `count` different hosts that have loaded the target, in the order of their numbers. Waits until enough are
   * free. Rejects with TARGET_FAILED, HOST_LOST, or RangeError for more than `maxHosts`.
   */
  lend(count: number): Promise<Loan>;
  /**
   * Ends all hosts, including lent ones. Idempotent. Resolves to the errors outside any call that were not reported
   * yet.
   */
  close(): Promise<Beside>;
}

export interface Loan {
  readonly hosts: readonly Host[];
  /**
   * Gives the hosts back, after closing the instances that are still open in them. Idempotent. Never rejects. Resolves
   * to the errors outside any call that were not reported yet.
   */
  release(): Promise<Beside>;
}

export function createHostPool(options: HostPoolOptions): HostPool {
  return new Pool(options);
}

/** A slot for one host. Its number stays when the host is replaced. */
interface HostSlot {
  readonly process: number;
  host: LinkedHost | undefined;
  lent: boolean;
}

interface WaitingLoan {
  readonly count: number;
  readonly resolve: (slots: readonly HostSlot[]) => void;
  readonly reject: (error: Error) => void;
}

class Pool implements HostPool {
  readonly #options: HostPoolOptions;
  readonly #slots: readonly HostSlot[];
  #waiting: WaitingLoan[] = [];
  #closing: Promise<Beside> | undefined;

  constructor(options: HostPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.maxHosts }, (_, index) => ({
      process: index + 1,
      host: undefined,
      lent: false,
    }));
  }

  async lend(count: number): Promise<Loan> {
    if (!Number.isInteger(count) || count < 1 || count > this.#slots.length)
      throw new RangeError(`Expected 1 to ${this.#slots.length} hosts, got ${count}.`);
    const slots = await this.#slotsFor(count);
    try {
      const settled = await Promise.allSettled(slots.map((slot) => this.#hostIn(slot)));
      const hosts = settled.map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
      let released: Promise<Beside> | undefined;
      return { hosts, release: () => (released ??= this.#release(slots)) };
    } catch (error) {
      await this.#release(slots);
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
    for (const waiting of this.#waiting) waiting.reject(closed());
    this.#waiting = [];
    await Promise.all(this.#slots.map(({ host }) => host?.close()));
    return joined(this.#slots.flatMap(({ host }) => host?.takeBeside() ?? []));
  }

  #slotsFor(count: number): Promise<readonly HostSlot[]> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ count, resolve, reject });
      this.#grant();
    });
  }

  /** Serves requests in order, so that a request for many hosts is not overtaken forever. */
  #grant(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const free = this.#slots.filter(({ lent }) => !lent);
      if (free.length < next.count) return;
      // Running hosts first, then by number.
      const chosen = free
        .sort((a, b) => Number(b.host !== undefined) - Number(a.host !== undefined) || a.process - b.process)
        .slice(0, next.count)
        .sort((a, b) => a.process - b.process);
      for (const slot of chosen) slot.lent = true;
      this.#waiting.shift();
      next.resolve(chosen);
    }
  }

  async #hostIn(slot: HostSlot): Promise<LinkedHost> {
    if (slot.host?.healthy === true) return slot.host;
    const { target, inProcess, importModule, inspectHost } = this.#options;
    const host = (await startHost({
      process: slot.process,
      ...defined({ inProcess, importModule }),
      ...(inspectHost === undefined || slot.process !== 1 ? {} : { inspectHost }),
    })) as LinkedHost;
    slot.host = host;
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

  async #release(slots: readonly HostSlot[]): Promise<Beside> {
    const parts = await Promise.all(
      slots.map(async (slot) => {
        const { host } = slot;
        await host?.tidy();
        if (slot.host?.healthy === false) {
          await slot.host.close();
          slot.host = undefined;
        }
        const beside = host?.takeBeside() ?? NOTHING_BESIDE;
        slot.lent = false;
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
