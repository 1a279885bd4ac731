/** Copies what entries say is owed, record by record. Each record is copied once, however many entries name it. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  codeOf,
  type FailedCopy,
  type IdempotencyRecord,
  type IdempotencyStore,
} from '../../contract/index.ts';
import { owedIn, recordKey, type Owed } from '../sides/owed.ts';

export interface RepairsOptions {
  /** The idempotency store of the deciding side, where the entries are. */
  readonly store: IdempotencyStore;
  readonly copy: (owed: Owed) => Promise<boolean>;
  /** Called for each entry that was removed. */
  readonly onRemoved?: (token: string) => void;
}

/** An owed record, and the entries that name it. */
interface OwedRecord {
  readonly owed: Owed;
  readonly tokens: string[];
}

/** How many entries are read at once. Further entries are read when these are done. */
const MAX_ENTRIES = 20_000;
export const AT_ONCE = 4;
/** How many failures are returned at most. */
const MAX_FAILURES = 100;

export class Repairs {
  readonly #options: RepairsOptions;
  readonly #records = new Map<string, OwedRecord>();
  /** How many records of each entry are not copied yet. */
  readonly #entries = new Map<string, number>();

  constructor(options: RepairsOptions) {
    this.#options = options;
  }

  /** Whether every record was tried. */
  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** How many entries are known and not removed. */
  get owed(): number {
    return this.#entries.size;
  }

  /** Reads entries, and forgets those from before. */
  async fill(entries: AsyncIterable<IdempotencyRecord>): Promise<void> {
    this.#records.clear();
    this.#entries.clear();
    for await (const entry of entries) {
      const owed = new Map(owedIn(entry).map((one) => [recordKey(one), one]));
      this.#entries.set(entry.token, owed.size);
      for (const [key, one] of owed) {
        const known = this.#records.get(key);
        if (known === undefined) this.#records.set(key, { owed: one, tokens: [entry.token] });
        else known.tokens.push(entry.token);
      }
      if (this.#entries.size === MAX_ENTRIES) return;
    }
  }

  /** Copies at most `limit` records, and at most `perSecond` per second. */
  async run(
    limit: number,
    perSecond: number = Infinity,
  ): Promise<{ readonly repaired: number; readonly copied: number; readonly failed: FailedCopy[] }> {
    const start = performance.now();
    const failed: FailedCopy[] = [];
    let repaired = 0;
    let copied = 0;
    let tried = 0;
    while (tried < limit && this.#records.size > 0) {
      const some = [...this.#some(Math.min(AT_ONCE, limit - tried))];
      tried += some.length;
      const ended = await Promise.all(some.map(async (record) => this.#try(record)));
      for (const one of ended) {
        if ('code' in one) {
          if (failed.length < MAX_FAILURES) failed.push(one);
        } else {
          repaired += one.removed;
          copied += 1;
        }
      }
      const aheadMs = (tried / perSecond) * 1000 - (performance.now() - start);
      if (aheadMs > 0) await sleep(aheadMs);
    }
    return { repaired, copied, failed };
  }

  *#some(count: number): Generator<OwedRecord> {
    let left = count;
    for (const [key, record] of this.#records) {
      this.#records.delete(key);
      yield record;
      left -= 1;
      if (left === 0) return;
    }
  }

  async #try({ owed, tokens }: OwedRecord): Promise<{ readonly removed: number } | FailedCopy> {
    try {
      await this.#options.copy(owed);
      let removed = 0;
      for (const token of tokens) {
        const left = (this.#entries.get(token) ?? 1) - 1;
        this.#entries.set(token, left);
        if (left > 0) continue;
        await this.#options.store.delete(token);
        this.#entries.delete(token);
        this.#options.onRemoved?.(token);
        removed += 1;
      }
      return { removed };
    } catch (error) {
      return failureOf(owed, error);
    }
  }
}

export function failureOf({ kind, id }: Owed, error: unknown): FailedCopy {
  return {
    kind,
    ...(id === undefined ? {} : { id }),
    code: codeOf(error) ?? 'none',
    reason: error instanceof Error ? error.message : String(error),
  };
}
