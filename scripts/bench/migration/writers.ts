/** Writers that run during a migration, and the durations of their sections. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageAdapter, StreamRepository } from '../../../adapters/contract/index.ts';
import { stream } from '../../../adapters/migration/testing/streams.ts';

const PAUSE_MS = 20;

/** A section that ended. Times are those of `performance.now()`. */
export interface Written {
  readonly at: number;
  readonly ms: number;
}

export class Writers {
  readonly #adapter: StorageAdapter;
  readonly #running: Promise<void>[];
  #written: Written[] = [];
  /** The errors of sections that failed. */
  #errors: unknown[] = [];
  #isOver = false;

  constructor(adapter: StorageAdapter, count: number) {
    this.#adapter = adapter;
    this.#running = Array.from({ length: count }, () => this.#write());
  }

  /** In milliseconds. NaN: no section was written. */
  p99(): number {
    const sorted = this.#written.map(({ ms }) => ms).sort((a, b) => a - b);
    return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? NaN);
  }

  get written(): readonly Written[] {
    return this.#written;
  }

  get errors(): readonly unknown[] {
    return this.#errors;
  }

  forget(): void {
    this.#written = [];
    this.#errors = [];
  }

  async latencies(ms: number): Promise<number> {
    this.forget();
    await sleep(ms);
    return this.p99();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #write(): Promise<void> {
    const id = `stream-${randomUUID()}`;
    const repository = this.#adapter.streamRepository as Required<StreamRepository>;
    await repository.streams.create(stream(id));
    for (let revision = 1; !this.#isOver; revision += 1) {
      const began = performance.now();
      try {
        await repository.withLock(id, async (view) => {
          await view.streams?.put(stream(id, { revision }));
          await view.activity?.append({
            id: randomUUID(),
            type: 'settled',
            streamId: id,
            description: 'one more',
          });
        });
        const at = performance.now();
        this.#written.push({ at, ms: at - began });
      } catch (error) {
        this.#errors.push(error);
      }
      await sleep(PAUSE_MS);
    }
  }
}
