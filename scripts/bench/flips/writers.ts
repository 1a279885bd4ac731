/** Writers of counters, which do not know when the authority moves, and the answers that they received. */
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, type StorageAdapter, type StreamRepository } from '../../../adapters/contract/index.ts';
import { stream } from '../../../adapters/migration/testing/streams.ts';

/** The pause between two writes of one writer, in milliseconds. */
const PAUSE_MS = 50;

/** The answers that the writers of one counter received. */
export interface Answered {
  done: number;
  /** Writes with an unknown outcome. */
  unknown: number;
  /** Writes that did not happen. */
  refused: number;
}

export class Writers {
  readonly answered: ReadonlyMap<string, Answered>;
  readonly #running: Promise<void>[];
  #isOver = false;

  /** Starts one writer for each counter on each instance. */
  constructor(instances: readonly StorageAdapter[], counters: readonly string[]) {
    this.answered = new Map(counters.map((id) => [id, { done: 0, unknown: 0, refused: 0 }]));
    this.#running = instances.flatMap((instance) => counters.map((id) => this.#count(instance, id)));
  }

  static async create(instance: StorageAdapter, counters: readonly string[]): Promise<void> {
    const { streams } = instance.streamRepository as Required<StreamRepository>;
    for (const id of counters) await streams.create(stream(id));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #count(instance: StorageAdapter, id: string): Promise<void> {
    const repository = instance.streamRepository as Required<StreamRepository>;
    const answered = this.answered.get(id) as Answered;
    while (!this.#isOver) {
      try {
        await repository.withLock(id, async (view) => {
          const revision = ((await view.streams?.get(id))?.revision ?? 0) + 1;
          await view.streams?.put(stream(id, { revision }));
        });
        answered.done += 1;
      } catch (error) {
        if (isRefusal(error)) answered.refused += 1;
        else answered.unknown += 1;
      }
      await sleep(PAUSE_MS);
    }
  }
}

const REFUSALS = ['FENCED', 'LOCK_TIMEOUT', 'LOCK_LOST', 'UNAVAILABLE'];

function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && REFUSALS.includes(code);
}
