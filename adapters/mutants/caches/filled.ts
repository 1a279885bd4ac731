/**
 * A cache that each write empties and each read fills when it ends. This is correct as long as no read lasts longer
 * than a write that began after it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageAdapter } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** How long reads take in memory, where there is no storage to wait for, in milliseconds. */
const ANSWER_MS = 2;

export class Filled {
  readonly #known = new Map<string, unknown>();
  readonly #answerMs: number;

  constructor(answerMs: number) {
    this.#answerMs = answerMs;
  }

  /** `ask`, answered from the cache. Its result fills the cache. */
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

  /** `write`, which empties the cache when it ends. */
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

/** A mutant whose instances have such a cache. Sections also empty it. */
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
