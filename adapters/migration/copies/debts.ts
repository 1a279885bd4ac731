/**
 * What this instance knows to be owed: of each record the latest entry that names it. An entry all of whose records are named
 * by later ones says nothing any more, and is removed: a record owes one copy, however often it is written.
 */
import { recordKey, type Owed } from '../sides/owed.ts';

export class Debts {
  /** The latest entry of each record. */
  readonly #latest = new Map<string, string>();
  /** Of each entry the records of which it is the latest. */
  readonly #records = new Map<string, Set<string>>();

  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** The first `count` entries. */
  some(count: number): string[] {
    return [...this.#records.keys()].slice(0, count);
  }

  /** A committed entry whose records are owed. Returns the entries that are to be removed. */
  owe(token: string, owed: readonly Owed[]): string[] {
    const keys = owed.map(recordKey);
    const done = this.#superseded(keys);
    this.#records.set(token, new Set(keys));
    for (const key of keys) this.#latest.set(key, token);
    return done;
  }

  /** What is owed of these records now, for `copied`. */
  before(owed: readonly Owed[]): ReadonlyMap<string, string> {
    const tokens = new Map<string, string>();
    if (this.isEmpty) return tokens;
    for (const key of owed.map(recordKey)) {
      const token = this.#latest.get(key);
      if (token !== undefined) tokens.set(key, token);
    }
    return tokens;
  }

  /** Copies that read the records after `before` are there. Returns the entries that are to be removed. */
  copied(before: ReadonlyMap<string, string>): string[] {
    return this.#superseded(
      [...before].flatMap(([key, token]) => (this.#latest.get(key) === token ? [key] : [])),
    );
  }

  /** The entry is no longer stored. */
  removed(token: string): void {
    const keys = this.#records.get(token);
    this.#records.delete(token);
    for (const key of keys ?? []) if (this.#latest.get(key) === token) this.#latest.delete(key);
  }

  #superseded(keys: readonly string[]): string[] {
    const done: string[] = [];
    for (const key of keys) {
      const before = this.#latest.get(key);
      if (before === undefined) continue;
      this.#latest.delete(key);
      const records = this.#records.get(before);
      records?.delete(key);
      if (records?.size !== 0) continue;
      this.#records.delete(before);
      done.push(before);
    }
    return done;
  }
}
