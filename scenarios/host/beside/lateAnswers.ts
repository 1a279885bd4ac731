/** Answers of the storage that come late: a proxy between an instance and its storage, in the process of the instance. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, Target } from '../../../adapters/contract/index.ts';
import { StorageProxy } from '../../faults/proxy/proxy.ts';

/** How late an answer is at most, in milliseconds: what an adapter does with one connection waits for it. */
const LATE_MS = 50;

export class LateAnswers {
  /** What the instance is opened with. */
  readonly connection: Json;
  readonly #proxy: StorageProxy;

  private constructor(proxy: StorageProxy, connection: Json) {
    this.#proxy = proxy;
    this.connection = connection;
  }

  /** Undefined for targets that offer no network. Rejects with what the target throws. */
  static async start({ network }: Target, connection: Json): Promise<LateAnswers | undefined> {
    if (network === undefined) return undefined;
    const proxy = await StorageProxy.start(await network.address(connection));
    try {
      return new LateAnswers(proxy, await network.through(connection, proxy.address));
    } catch (error) {
      await proxy.close();
      throw error;
    }
  }

  /**
   * Makes `call`, and holds the answer to what it asks first, `before` pieces of it excepted. Resolves when that has come,
   * or the call has ended; with what lets it go.
   */
  async hold(call: () => Promise<unknown>, before: number): Promise<() => void> {
    const answer = this.#proxy.holdAnswer(before);
    const bound = new AbortController();
    const letGo = (): void => {
      bound.abort();
      answer.letGo();
    };
    const late = sleep(LATE_MS, undefined, { signal: bound.signal }).then(letGo, () => undefined);
    await Promise.race([answer.reached, call(), late]);
    return letGo;
  }

  async close(): Promise<void> {
    await this.#proxy.close();
  }
}
