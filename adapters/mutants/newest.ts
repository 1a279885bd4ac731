/** The memory of adapters that remember only the newest thousand keys. */

/** How many keys are remembered. */
export const MOST = 1_000;

/** The keys of each namespace, in the order in which they were added. */
const namespaces = new Map<string, Set<string>>();

/** The remembered keys of a namespace. */
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

  /** Whether the key was added, and a thousand others after it. */
  hasForgotten(key: string): boolean {
    return this.#keys.has(key) && [...this.#keys].indexOf(key) < this.#keys.size - MOST;
  }
}
