/** A cache that is emptied after each write, and filled by whatever read ends: right, as long as no read outlasts a write. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageAdapter } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** How long an answer of the storage takes, where it has none to wait for, in milliseconds. */
const ANSWER_MS = 2;

export class Filled {
  readonly #known = new Map<string, unknown>();
  readonly #answerMs: number;

  constructor(answerMs: number) {
    this.#answerMs = answerMs;
  }

  /** `ask` as it is answered from the cache, and answers into it. */
  reading<Given extends readonly unknown[], T>(
    name: string,
    ask: (...given: Given) => T | Promise<T>,
  ): (...given: Given) => Promise<T> {
    return async (...given) => {
      const key = JSON.stringify([name, ...given]);
      if (this.#known.has(key)) return structuredClone(this.#known.get(key) as T);
      const answer = await ask(...given);
      if (this.#answerMs > 0) await sleep(this.#answerMs);
      this.#known.set(key, structuredClone(answer));
      return answer;
    };
  }

  /** `write` as it empties the cache when it is done. */
  writing<Given extends readonly unknown[], T>(
    write: (...given: Given) => T | Promise<T>,
  ): (...given: Given) => Promise<T> {
    return async (...given) => {
      try {
        return await write(...given);
      } finally {
        this.#known.clear();
      }
    };
  }
}

/** A mutant whose instances have such a cache; sections empty it too. */
export function filled(
  about: Pick<Mutant, 'name' | 'origin' | 'clauses'>,
  change: (adapter: StorageAdapter, cache: Filled) => StorageAdapter,
): Mutant {
  return {
    ...about,
    bases: ['memory', 'postgres'],
    mutate: (adapter, { base }) => {
      const cache = new Filled(base === 'memory' ? ANSWER_MS : 0);
      const locking = replaceLock(adapter, (id, callback, options) =>
        cache.writing(() => lockOf(adapter)(id, callback, options))(),
      );
      return change(locking, cache);
    },
  };
}
