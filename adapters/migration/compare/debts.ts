/**
 * What is owed while two sides are compared. A record that owes a copy may differ from it. That is a debt, not a difference. How
 * long debts last also determines how long a difference must persist.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyStore, MovedKind } from '../../contract/index.ts';
import { unreadable, type SideName } from './reads.ts';
import { everyEntry, owedIn, recordKey } from '../sides/owed.ts';

export interface OwedOptions {
  /** The idempotency store of the deciding side, where the entries are. */
  readonly store: IdempotencyStore;
  /** How long a copy takes at most, in milliseconds. An entry that lasts longer does not belong to a copy in progress. */
  readonly boundMs: number;
}

/**
 * If a copy fails, the write stores an entry of the second kind before it removes that of the first. In this order no look
 * misses both.
 */
const KINDS = ['intent', 'owed'] as const;
/** So many copies must have ended before their times are used to predict others. */
const ENOUGH_ENDED = 8;
const SAFETY = 4;
/** The least times, in milliseconds, for a pause between two looks, for a copy, and for an entry that counts as lasting. */
const PAUSE_MS = 5;
const MIN_LAG_MS = 10;
const MIN_BOUND_MS = 100;

export class OwedLooks {
  readonly #options: OwedOptions;
  /** When each present entry was first seen. */
  #entries = new Map<string, number>();
  /** Since when each record has been seen to owe a copy. */
  #records = new Map<string, number>();
  #longestMs = 0;
  #ended = 0;

  readonly #side: SideName;

  /** `side` is the name of the deciding side. */
  constructor(options: OwedOptions, side: SideName) {
    this.#options = options;
    this.#side = side;
  }

  /** Reads what is owed now. Rejects with an error that `unreadIn` understands. */
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
          const name = recordKey(owed);
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

  /** Whether the record has owed a copy for longer than a copy in progress takes. */
  lasts(kind: MovedKind, id: string): boolean {
    const since = this.#since(kind, id);
    return since !== undefined && performance.now() - since >= this.#lastingMs;
  }

  /** How long a copy takes, in milliseconds, according to these looks. `readMs` is the time that a read takes. */
  lagMs(readMs: number): number {
    const now = performance.now();
    let longest = Math.max(MIN_LAG_MS, readMs, this.#longestMs);
    for (const since of this.#entries.values()) longest = Math.max(longest, now - since);
    return Math.min(longest, this.#options.boundMs);
  }

  /** How many of the present entries are lasting. Waits while entries of copies in progress end. */
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
    return Math.min(boundMs, Math.max(MIN_BOUND_MS, SAFETY * this.#longestMs));
  }

  #since(kind: MovedKind, id: string): number | undefined {
    return this.#records.get(recordKey({ kind, id })) ?? this.#records.get(recordKey({ kind }));
  }
}
