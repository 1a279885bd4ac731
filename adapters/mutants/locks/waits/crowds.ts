import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { replaceOuterStore } from '../../stores.ts';

/** The default number of connections of a pool. */
const CONNECTIONS = 10;

/** A pool whose callers wait without limit. */
class Slots {
  #free: number = CONNECTIONS;
  readonly #waiting: (() => void)[] = [];

  async with<T>(action: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/** Each waiter holds a connection, so the holder's reads outside its section get none. */
export const waitersHoldConnections: Mutant = {
  name: 'waiters-hold-connections',
  origin:
    'client = await pool.connect(), and then SELECT pg_advisory_lock: ten callers that want one stream use up the pool.',
  clauses: ['LOCK-14'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const slots = new Slots();
    const locking = replaceLock(adapter, (id, callback, options) =>
      slots.with(() => lockOf(adapter)(id, callback, options)),
    );
    return replaceOuterStore(locking, 'streams', (store) => ({
      ...store,
      get: (id) => slots.with(async () => store.get(id)),
    }));
  },
};
