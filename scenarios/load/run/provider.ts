/**
 * Creates streams while a load goes on, ahead of the drivers: where each stream is used up after a few requests, all later
 * requests would be refused otherwise. The creations are no operations of the load, and their streams stand in its evidence.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { STOCK } from '../mixes/window.ts';
import type { StreamRange } from './streams.ts';

/** Beyond so many streams a load that is bounded by time ends: their description must fit into memory. */
export const MAX_STREAMS = 1_000_000;
/** The most that is created at a time, so that the drivers hear of it. */
const MOST_AT_ONCE = 500;
/** As many streams as are needed in so many seconds are created ahead, if that is more than the stock. */
const AHEAD_S = 2;
/** After a failure, in milliseconds. */
const PAUSE_MS = 200;

export interface ProviderOptions {
  /** How many streams there are before the load. */
  readonly stock: number;
  /** The most that the plan needs. */
  readonly limit: number;
  /** Creates streams wherever they must be created; rejects when it could not. */
  readonly create: (range: StreamRange) => Promise<void>;
  /** Told how many there are by now. */
  readonly onCreated: (streams: number) => void;
  /** Told that the plan needs more than the limit: whoever waits for more does so in vain. */
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

  /** How many streams there are for certain. */
  get created(): number {
    return this.#created;
  }

  /** A driver has come so far. */
  need(streams: number): void {
    if (streams <= this.#needed) return;
    if (streams > this.#options.limit) this.#options.onUsedUp();
    const now = performance.now();
    this.#perSecond = ((streams - this.#needed) * 1000) / Math.max(1, now - this.#since);
    this.#needed = streams;
    this.#since = now;
    this.#creating ??= this.#create().finally(() => (this.#creating = undefined));
  }

  /** Creates nothing more; resolves when what is under way is done. */
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
      const range = { from: this.#created, to: Math.min(wanted, this.#created + MOST_AT_ONCE) };
      try {
        await create(range);
      } catch {
        // A service or the storage is struck or lost: the drivers live on what there is until it goes on.
        await sleep(PAUSE_MS);
        continue;
      }
      this.#created = range.to;
      onCreated(range.to);
    }
  }
}
