/** Stores what is owed beside the writes that owe it, and copies it once they have happened. */
import { AsyncResource } from 'node:async_hooks';
import { codeOf, type Awaitable, type IdempotencyStore, type RepairProgress } from '../contract/index.ts';
import { copy } from './copy.ts';
import { entryOf, everyEntry, isNamed, owedIn, type Owed } from './owed.ts';
import type { Sides } from './sides.ts';
import type { Write } from './tracked.ts';

export class Outbox {
  readonly #sides: Sides;
  /** Of the old side, where the entries are. */
  readonly #store: IdempotencyStore;
  readonly #outside = new AsyncResource('lockstep.migration');

  constructor(sides: Sides, store: IdempotencyStore) {
    this.#sides = sides;
    this.#store = store;
  }

  /**
   * Runs a write of the old side outside sections. The entry is stored before it, so that a process that dies in between
   * owes what it may have written. What becomes of the copy changes nothing of the answer.
   */
  readonly around: Write = async (owed, write, learned) => {
    if (!isNamed(owed)) return write();
    const entry = entryOf([owed]);
    await this.#aside(() => this.#store.insert(entry));
    let answer;
    try {
      answer = await write();
    } catch (error) {
      if (nothingHappened(error)) await this.#aside(() => this.#store.delete(entry.token)).catch(() => false);
      throw error;
    }
    const known = learned === undefined ? owed : learned(answer);
    await this.settle(entry.token, known === undefined ? [] : [known]);
    return answer;
  };

  /**
   * Copies what the entry says and removes it; whether it did. An entry that is not stored is that of a section that has
   * not committed. One whose copy fails stays, for repair: the old side goes on without the new one.
   */
  async settle(token: string, owed: readonly Owed[]): Promise<boolean> {
    return this.#aside(async () => {
      if ((await this.#store.get(token)) === undefined) return false;
      for (const one of owed) await copy(this.#sides, one);
      return this.#store.delete(token);
    }).catch(() => false);
  }

  /** See Migration. */
  async repair(limit: number): Promise<RepairProgress> {
    let repaired = 0;
    let owed = 0;
    for await (const entry of everyEntry(this.#store)) {
      const isDone = repaired + owed < limit && (await this.settle(entry.token, owedIn(entry)));
      if (isDone) repaired += 1;
      else owed += 1;
    }
    return { repaired, owed };
  }

  async owed(): Promise<number> {
    let owed = 0;
    for await (const _ of everyEntry(this.#store)) owed += 1;
    return owed;
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
