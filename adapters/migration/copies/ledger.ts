/** The stored entries of the deciding side that say what is owed. */
import { randomUUID } from 'node:crypto';
import {
  toMicros,
  type IdempotencyRecord,
  type IdempotencyStore,
  type OwedRecord,
} from '../../contract/index.ts';
import { everyEntry, owedIn, ownRecord, ownToken, recordKey } from '../sides/owed.ts';

/** How many owed records are shown. */
const SHOWN = 20;

export class Ledger {
  readonly #store: IdempotencyStore;
  readonly #writeBoundMs: number;

  /** @param writeBoundMs How long a write of the deciding side takes at most, in milliseconds. */
  constructor(store: IdempotencyStore, writeBoundMs: number) {
    this.#store = store;
    this.#writeBoundMs = writeBoundMs;
  }

  async *everyEntry(): AsyncGenerator<IdempotencyRecord> {
    yield* everyEntry(this.#store, 'intent');
    yield* everyEntry(this.#store, 'owed');
  }

  /** Entries of writes that have happened, and of writes that must have been interrupted because they are too old. */
  async *everyDue(): AsyncGenerator<IdempotencyRecord> {
    yield* everyEntry(this.#store, 'owed');
    let now: bigint | undefined;
    for await (const entry of everyEntry(this.#store, 'intent')) {
      now ??= await this.#now();
      if (now - toMicros(entry.createdAt) > BigInt(this.#writeBoundMs) * 1000n) yield entry;
    }
  }

  /** Returns how much is owed. `reasons` says, by record, why copies failed. */
  async owed(
    reasons: ReadonlyMap<string, string>,
  ): Promise<{ count: number; oldestMs: number; first: OwedRecord[] }> {
    const first = new Map<string, OwedRecord>();
    let count = 0;
    let oldest: bigint | undefined;
    for await (const entry of this.everyEntry()) {
      count += 1;
      const at = toMicros(entry.createdAt);
      if (oldest === undefined || at < oldest) oldest = at;
      for (const owed of first.size < SHOWN ? owedIn(entry) : []) {
        const reason = reasons.get(recordKey(owed));
        const id = owed.id === undefined ? {} : { id: owed.id };
        first.set(recordKey(owed), {
          kind: owed.kind,
          ...id,
          ...(reason === undefined ? {} : { reason }),
        });
      }
    }
    const oldestMs = oldest === undefined ? 0 : Math.max(0, Number((await this.#now()) - oldest) / 1000);
    return { count, oldestMs, first: [...first.values()] };
  }

  /** The time of the deciding side, in microseconds. It is taken from a record that the side stamps. */
  async #now(): Promise<bigint> {
    const token = ownToken(`clock-${randomUUID()}`);
    const { createdAt } = await this.#store.insert(ownRecord(token, null));
    await this.#store.delete(token);
    return toMicros(createdAt);
  }
}
