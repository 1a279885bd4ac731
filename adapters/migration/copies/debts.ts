/**
 * What this instance knows to be owed: the latest entry that names each record. If later entries name all records of an entry,
 * the entry is superseded and removed. So a record owes one copy, however often it is written.
 */
import { recordKey, type Owed } from '../sides/owed.ts';

export class Debts {
  /** The latest entry of each record. */
  readonly #latest = new Map<string, string>();
  /** The records of which each entry is the latest one. */
  readonly #records = new Map<string, Set<string>>();

  get isEmpty(): boolean {
    return this.#records.size === 0;
  }

  /** The first `count` entries. */
  some(count: number): string[] {
    return [...this.#records.keys()].slice(0, count);
  }

  /**
   * Adds a committed entry whose records are owed. Returns the entries that are to be removed. The entry of a nested section is
   * added with the section around it once more, and does not supersede itself.
   */
  owe(token: string, owed: readonly Owed[]): string[] {
    const keys = owed.map(recordKey);
    const done = this.#superseded(keys).filter((before) => before !== token);
    this.#records.set(token, new Set(keys));
    for (const key of keys) this.#latest.set(key, token);
    return done;
  }

  /** The entries that name these records now. Pass them to `copied`. */
  before(owed: readonly Owed[]): ReadonlyMap<string, string> {
    const tokens = new Map<string, string>();
    if (this.isEmpty) return tokens;
    for (const key of owed.map(recordKey)) {
      const token = this.#latest.get(key);
      if (token !== undefined) tokens.set(key, token);
    }
    return tokens;
  }

  /** Notes copies that read the records after the call of `before`. Returns the entries that are to be removed. */
  copied(before: ReadonlyMap<string, string>): string[] {
    return this.#superseded(
      [...before].flatMap(([key, token]) => (this.#latest.get(key) === token ? [key] : [])),
    );
  }

  /** Notes that the entry is no longer stored. */
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
