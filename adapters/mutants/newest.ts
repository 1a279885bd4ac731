/** What adapters remember of the newest thousand alone. */

/** So many are remembered. */
export const MOST = 1_000;

/** Of each namespace, the keys in the order in which they came. */
const namespaces = new Map<string, Set<string>>();

/** The keys of a namespace that are remembered. */
export class Newest {
  readonly #keys: Set<string>;

  constructor(namespace: string) {
    this.#keys = namespaces.get(namespace) ?? new Set();
    namespaces.set(namespace, this.#keys);
  }

  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
  }

  /** Whether it came, and a thousand others came since. */
  hasForgotten(key: string): boolean {
    return this.#keys.has(key) && [...this.#keys].indexOf(key) < this.#keys.size - MOST;
  }
}
