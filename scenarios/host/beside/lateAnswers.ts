/** Delays answers of the storage: a proxy between an instance and its storage, in the process of the instance. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, Target } from '../../../adapters/contract/index.ts';
import { StorageProxy } from '../../faults/proxy/proxy.ts';

/** The longest delay of an answer, in milliseconds. The adapter's other work on that connection waits as long. */
const LATE_MS = 50;

export class LateAnswers {
  /** The connection to open the instance with. */
  readonly connection: Json;
  readonly #proxy: StorageProxy;

  private constructor(proxy: StorageProxy, connection: Json) {
    this.#proxy = proxy;
    this.connection = connection;
  }

  /** Undefined if the target offers no network. Rejects with the target's error. */
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
   * Makes `call` and holds back the answer to its first request, after the first `before` pieces. Resolves when that
   * answer has arrived or the call has ended, with a function that lets the answer through.
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
