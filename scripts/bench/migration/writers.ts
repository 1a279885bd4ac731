/** Writers beside a move, and how long their sections take. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageAdapter, StreamRepository } from '../../../adapters/contract/index.ts';

const PAUSE_MS = 20;
const FIELDS = {
  recipient: 'wallet-1',
  rate: '1',
  schedule: 'monthly',
  status: 'active',
  token: 'USDC',
  totalAmount: '1000',
  releasedAmount: '0',
  withdrawnAmount: '0',
} as const;

export class Writers {
  readonly #adapter: StorageAdapter;
  readonly #running: Promise<void>[];
  #times: number[] = [];
  #isOver = false;

  constructor(adapter: StorageAdapter, count: number) {
    this.#adapter = adapter;
    this.#running = Array.from({ length: count }, () => this.#write());
  }

  /** In milliseconds; NaN: nobody has written. */
  p99(): number {
    const sorted = [...this.#times].sort((a, b) => a - b);
    return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? NaN);
  }

  forget(): void {
    this.#times = [];
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
    await repository.streams.create({ id, ...FIELDS, revision: 0 });
    for (let revision = 1; !this.#isOver; revision += 1) {
      const began = performance.now();
      await repository.withLock(id, async (view) => {
        await view.streams?.put({ id, ...FIELDS, revision });
        await view.activity?.append({
          id: randomUUID(),
          type: 'settled',
          streamId: id,
          description: 'one more',
        });
      });
      this.#times.push(performance.now() - began);
      await sleep(PAUSE_MS);
    }
  }
}
