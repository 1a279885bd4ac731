/** Stores what is owed beside the writes that owe it, and copies it once they have happened. */
import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  codeOf,
  toMicros,
  type Awaitable,
  type IdempotencyRecord,
  type IdempotencyStore,
  type RepairProgress,
} from '../contract/index.ts';
import { copy } from './copy.ts';
import { entryOf, everyEntry, isNamed, owedIn, ownRecord, ownToken, type Owed } from './owed.ts';
import type { Patience } from './patience.ts';
import type { Sides } from './sides.ts';
import type { Write } from './tracked.ts';

export interface OutboxOptions {
  readonly sides: Sides;
  /** Of the old side, where the entries are. */
  readonly store: IdempotencyStore;
  /** How long a write of the old side takes at most, in milliseconds. */
  readonly writeBoundMs: number;
  readonly patience: Patience;
}

export class Outbox {
  readonly #sides: Sides;
  readonly #store: IdempotencyStore;
  readonly #writeBoundMs: number;
  readonly #patience: Patience;
  readonly #outside = new AsyncResource('lockstep.migration');

  constructor({ sides, store, writeBoundMs, patience }: OutboxOptions) {
    this.#patience = patience;
    this.#sides = sides;
    this.#store = store;
    this.#writeBoundMs = writeBoundMs;
  }

  /**
   * Runs a write of the old side outside sections. The intent is stored before it, so that a process that dies in between
   * owes what it may have written. What becomes of the copy changes nothing of the answer.
   */
  readonly around: Write = async (owed, write, learned) => {
    if (!isNamed(owed)) return write();
    const intent = entryOf('intent', [owed]);
    await this.#aside(() => this.#store.insert(intent));
    let answer;
    try {
      answer = await write();
    } catch (error) {
      if (nothingHappened(error))
        await this.#aside(() => this.#store.delete(intent.token)).catch(() => false);
      throw error;
    }
    const known = learned === undefined ? owed : learned(answer);
    // Where the old side fails too, the intent stays, and repair takes it for a write that nobody will end.
    await this.#aside(() => this.#copied(intent.token, known === undefined ? [] : [known])).catch(
      () => undefined,
    );
    return answer;
  };

  /**
   * Copies what a section owes and removes its entry; whether it did. An entry that is not stored is that of a section that
   * has not committed. One whose copy fails stays, for repair: the old side goes on without the new one.
   */
  async settle(token: string, owed: readonly Owed[]): Promise<boolean> {
    return this.#aside(async () => {
      if ((await this.#store.get(token)) === undefined) return false;
      await this.#copyAll(owed);
      return this.#store.delete(token);
    }).catch(() => false);
  }

  /** See Migration. */
  async repair(limit: number): Promise<RepairProgress> {
    let repaired = 0;
    let owed = 0;
    for await (const entry of this.#everyDue()) {
      const isDone = repaired + owed < limit && (await this.settle(entry.token, owedIn(entry)));
      if (isDone) repaired += 1;
      else owed += 1;
    }
    return { repaired, owed };
  }

  /** Entries of writes that have happened, or that no writer can be at any more. */
  async *#everyDue(): AsyncGenerator<IdempotencyRecord> {
    yield* everyEntry(this.#store, 'owed');
    let now: bigint | undefined;
    for await (const entry of everyEntry(this.#store, 'intent')) {
      now ??= await this.#now();
      if (now - toMicros(entry.createdAt) > BigInt(this.#writeBoundMs) * 1000n) yield entry;
    }
  }

  /** The time of the old side, in microseconds: that of a record which it stamps. */
  async #now(): Promise<bigint> {
    const token = ownToken(`clock-${randomUUID()}`);
    const { createdAt } = await this.#store.insert(ownRecord(token, null));
    await this.#store.delete(token);
    return toMicros(createdAt);
  }

  /** Copies what was written, or leaves it to repair. */
  async #copied(intent: string, owed: readonly Owed[]): Promise<void> {
    try {
      await this.#copyAll(owed);
    } catch {
      await this.#store.insert(entryOf('owed', owed));
    }
    await this.#store.delete(intent);
  }

  /** All of them within one bound: no answer waits longer for its copies. Rejects where the new side takes longer. */
  async #copyAll(owed: readonly Owed[]): Promise<void> {
    await this.#patience.within(async () => {
      for (const one of owed) await copy(this.#sides, one);
    });
  }

  /** In no section, whoever calls from within one: what is done there has to be there for everybody at once. */
  #aside<T>(action: () => Awaitable<T>): Promise<T> {
    return this.#outside.runInAsyncScope(async () => action());
  }
}

/** Whether the error says so. Without a code, or after a lost commit, nobody knows. */
function nothingHappened(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && code !== 'OUTCOME_UNKNOWN';
}
