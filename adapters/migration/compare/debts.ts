/**
 * What is owed while two sides are compared. A record that owes a copy is not like its copy yet: that is a debt, and no
 * difference. How long debts last also says how long a difference has to rest before it is one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyStore, MovedKind } from '../../contract/index.ts';
import { unreadable, type SideName } from './reads.ts';
import { everyEntry, owedIn } from '../sides/owed.ts';

export interface OwedOptions {
  /** Of the side that decides, where the entries are. */
  readonly store: IdempotencyStore;
  /** The longest that a copy is waited for, in milliseconds: an entry that lasts longer is no copy under way. */
  readonly boundMs: number;
}

/**
 * A write that fails to be copied stores the second kind before it removes the first: in this order neither is missed.
 */
const KINDS = ['intent', 'owed'] as const;
/** So many copies must have been seen to end before their time is taken for that of the next ones. */
const ENOUGH_ENDED = 8;
const SAFETY = 4;
/** The shortest times, in milliseconds: of a pause between two looks, of a copy, and of an entry that lasts. */
const PAUSE_MS = 5;
const LEAST_LAG_MS = 10;
const LEAST_BOUND_MS = 100;

export class OwedLooks {
  readonly #options: OwedOptions;
  /** When each entry that is there was first seen. */
  #entries = new Map<string, number>();
  /** Since when each record is seen to be owed. */
  #records = new Map<string, number>();
  #longestMs = 0;
  #ended = 0;

  readonly #side: SideName;

  /** `side`: what the side is called that decides. */
  constructor(options: OwedOptions, side: SideName) {
    this.#options = options;
    this.#side = side;
  }

  /** Reads what is owed now. Rejects with what `unreadIn` knows. */
  async look(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      throw unreadable('idempotency', this.#side, error);
    }
  }

  async #look(): Promise<void> {
    const began = performance.now();
    const entries = new Map<string, number>();
    const records = new Map<string, number>();
    for (const kind of KINDS) {
      for await (const entry of everyEntry(this.#options.store, kind)) {
        const since = this.#entries.get(entry.token) ?? began;
        entries.set(entry.token, since);
        for (const owed of owedIn(entry)) {
          const name = nameOf(owed.kind, owed.id);
          records.set(name, Math.min(since, records.get(name) ?? Infinity));
        }
      }
    }
    const ended = performance.now();
    for (const [token, since] of this.#entries) {
      if (entries.has(token)) continue;
      this.#ended += 1;
      this.#longestMs = Math.max(this.#longestMs, ended - since);
    }
    this.#entries = entries;
    this.#records = records;
  }

  /** Whether the record owes a copy, as of the last look. */
  owes(kind: MovedKind, id: string): boolean {
    return this.#since(kind, id) !== undefined;
  }

  /** Whether it does for longer than a copy under way takes. */
  lasts(kind: MovedKind, id: string): boolean {
    const since = this.#since(kind, id);
    return since !== undefined && performance.now() - since >= this.#lastingMs;
  }

  /** How long a copy takes, in milliseconds, as far as these looks have seen; `readMs`: what a read takes. */
  lagMs(readMs: number): number {
    const now = performance.now();
    let longest = Math.max(LEAST_LAG_MS, readMs, this.#longestMs);
    for (const since of this.#entries.values()) longest = Math.max(longest, now - since);
    return Math.min(longest, this.#options.boundMs);
  }

  /** How many of the entries that are there now last: those of copies under way end meanwhile. */
  async lasting(): Promise<number> {
    await this.look();
    const first = [...this.#entries.keys()];
    let pause = PAUSE_MS;
    for (;;) {
      const left = first.filter((token) => this.#entries.has(token));
      const now = performance.now();
      const young = left.filter((token) => now - (this.#entries.get(token) as number) < this.#lastingMs);
      if (young.length === 0) return left.length;
      await sleep(pause);
      pause *= 2;
      await this.look();
    }
  }

  get #lastingMs(): number {
    const { boundMs } = this.#options;
    if (this.#ended < ENOUGH_ENDED) return boundMs;
    return Math.min(boundMs, Math.max(LEAST_BOUND_MS, SAFETY * this.#longestMs));
  }

  #since(kind: MovedKind, id: string): number | undefined {
    return this.#records.get(nameOf(kind, id)) ?? this.#records.get(nameOf(kind, undefined));
  }
}

/** Without an id: any record of the kind. */
function nameOf(kind: MovedKind, id: string | undefined): string {
  return id === undefined ? kind : `${kind} ${id}`;
}
