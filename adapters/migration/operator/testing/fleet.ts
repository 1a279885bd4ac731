/** A move in the memory of one process: instances of the application, and operators beside them. */
import { randomUUID } from 'node:crypto';
import type { Migration, StorageAdapter } from '../../../contract/index.ts';
import { createMemoryAdapter } from '../../../memory/index.ts';
import { createMigratingAdapter } from '../../adapter.ts';
import { stream, streamsOf } from '../../testing/streams.ts';
import { createOperator } from '../operator.ts';
import type { MoveOperator, OperatorOptions } from '../options.ts';

export type MovingAdapter = StorageAdapter & { readonly migration: Migration };

/** So short that a test does not wait for them. */
const SOON = { pollMs: 10, gapBoundMs: 2000 };
const QUICK: OperatorOptions = {
  obeyMs: 0,
  settleMs: 5000,
  waitMs: 2000,
  holdMs: 0,
  drainMs: 200,
  shares: [50, 100],
};

export class TestMove implements AsyncDisposable {
  readonly #namespaces = { old: randomUUID(), new: randomUUID() };
  readonly #opened: StorageAdapter[] = [];

  side(name: 'old' | 'new'): StorageAdapter {
    const side = createMemoryAdapter({ namespace: this.#namespaces[name], clock: Date.now });
    this.#opened.push(side);
    return side;
  }

  /** An instance that obeys. */
  open(options: { readonly old?: StorageAdapter; readonly new?: StorageAdapter } = {}): MovingAdapter {
    const sides = { old: options.old ?? this.side('old'), new: options.new ?? this.side('new') };
    const adapter = createMigratingAdapter({ ...sides, follow: true, ...SOON }) as MovingAdapter;
    this.#opened.push(adapter);
    return adapter;
  }

  /** Instances of the application, each of which has said that it is there. */
  async fleet(size: number): Promise<MovingAdapter[]> {
    const instances = Array.from({ length: size }, () => this.open());
    for (const instance of instances) await streamsOf(instance).get('nobody');
    return instances;
  }

  operator(options: OperatorOptions = {}, adapter: MovingAdapter = this.open()): MoveOperator {
    return createOperator(adapter, { ...QUICK, ...options });
  }

  /** As if the application had run for a while, before anybody thought of a move. */
  async fill(count: number, side: StorageAdapter = this.side('old')): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await streamsOf(side).create(stream(`s${index}`));
      await side.streamRepository?.activity?.append({
        id: `e${index}`,
        type: 'created',
        streamId: `s${index}`,
        description: 'made',
      });
    }
    await side.streamRepository?.users?.put({ walletAddress: 'Wallet-1', displayName: ' Ada ' });
    await side.idempotencyStore?.insert({
      token: 'settle:k1',
      fingerprint: 'a'.repeat(64),
      status: 200,
      body: '{"a": 1}',
      ttlMs: 60_000,
    });
    await side.exportRepository?.jobs.create({ id: 'job-1', ownerId: 'o1', fileName: 'a.csv' });
    await side.exportRepository?.audit.append({ id: 'a1', exportId: 'job-1', type: 'export.requested' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const adapter of this.#opened.reverse()) await adapter.close();
  }
}
