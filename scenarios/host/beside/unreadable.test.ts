import { expect, it } from 'vitest';
import type { IdempotencyStore, LockedView } from '../../../adapters/contract/index.ts';
import { adapterOf, viewOf } from '../testing/local.ts';
import { withUnreadableTokens } from './unreadable.ts';

/** As authors write them: nothing works on another object than itself. */
class Store {
  readonly #stored = new Map<string, object>();

  get(token: string): object | undefined {
    return this.#stored.get(token);
  }

  insert(record: { readonly token: string }): object {
    this.#stored.set(record.token, record);
    return record;
  }
}

const store = new Store() as unknown as IdempotencyStore;
const adapter = adapterOf((_, callback) => callback(viewOf({ idempotency: store })), {
  idempotency: store,
});

it('reads of tokens fail, on the store and on views, and the rest is the adapter', async () => {
  const unreadable = withUnreadableTokens(adapter);
  const unavailable = expect.objectContaining({ code: 'UNAVAILABLE' });
  await expect(unreadable.idempotencyStore?.get('t')).rejects.toEqual(unavailable);
  const locked = (callback: (view: LockedView) => unknown): Promise<unknown> =>
    unreadable.streamRepository?.withLock?.('s', async (view) => callback(view)) as Promise<unknown>;
  await expect(locked((view) => view.idempotency?.get('t'))).rejects.toEqual(unavailable);
  await locked((view) => view.idempotency?.insert({ token: 't' } as never));
  expect(await adapter.idempotencyStore?.get('t')).toEqual({ token: 't' });
});

it('what the adapter does not have is not there', () => {
  const bare = withUnreadableTokens(adapterOf((_, callback) => callback(viewOf())));
  expect(bare.idempotencyStore).toBeUndefined();
  expect(bare.exportRepository).toBeUndefined();
  expect((withUnreadableTokens(adapter).idempotencyStore as { begin?: unknown }).begin).toBeUndefined();
});
