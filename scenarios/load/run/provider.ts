/**
 * Creates streams during a load, ahead of the drivers: if a few requests use up a stream, all later ones would
 * otherwise be refused. The creations are not operations of the load. The evidence contains their streams.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { STOCK } from '../mixes/window.ts';
import type { StreamRange } from './streams.ts';

/**
 * A load that is limited by time ends when it would need more streams, because their description must fit into memory.
 */
export const MAX_STREAMS = 1_000_000;
/** The most streams to create in one call, so that the drivers soon hear of them. */
const MAX_AT_ONCE = 500;
/** Streams for this many seconds are created ahead, if these are more than the stock. */
const AHEAD_S = 2;
/** The pause after a failure, in milliseconds. */
const PAUSE_MS = 200;

export interface ProviderOptions {
  /** The number of streams before the load. */
  readonly stock: number;
  /** The most streams that the plan needs. */
  readonly limit: number;
  /** Creates streams on every service that needs them. Rejects if that failed. */
  readonly create: (range: StreamRange) => Promise<void>;
  /** Called with the number of streams that exist now. */
  readonly onCreated: (streams: number) => void;
  /** Called when the plan needs more streams than the limit, so that waiting for them is useless. */
  readonly onUsedUp: () => void;
}

export class Provider {
  readonly #options: ProviderOptions;
  #created: number;
  #needed = 0;
  #since = performance.now();
  #perSecond = 0;
  #closed = false;
  #creating: Promise<void> | undefined;

  constructor(options: ProviderOptions) {
    this.#options = options;
    this.#created = options.stock;
  }

  /** The number of streams that certainly exist. */
  get created(): number {
    return this.#created;
  }

  /** Notes that a driver needs this many streams. */
  need(streams: number): void {
    if (streams <= this.#needed) return;
    if (streams > this.#options.limit) this.#options.onUsedUp();
    const now = performance.now();
    this.#perSecond = ((streams - this.#needed) * 1000) / Math.max(1, now - this.#since);
    this.#needed = streams;
    this.#since = now;
    this.#creating ??= this.#create().finally(() => (this.#creating = undefined));
  }

  /** Stops creating streams. Resolves when the current creation is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#creating;
  }

  async #create(): Promise<void> {
    const { limit, create, onCreated } = this.#options;
    while (!this.#closed) {
      const ahead = Math.max(STOCK, AHEAD_S * this.#perSecond);
      const wanted = Math.min(limit, Math.ceil(this.#needed + ahead));
      if (wanted <= this.#created) return;
      const range = { from: this.#created, to: Math.min(wanted, this.#created + MAX_AT_ONCE) };
      try {
        await create(range);
      } catch {
        // A service or the storage was struck or lost. The drivers use the existing streams until it works again.
        await sleep(PAUSE_MS);
        continue;
      }
      this.#created = range.to;
      onCreated(range.to);
    }
  }
}
