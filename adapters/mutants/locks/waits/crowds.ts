import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { replaceOuterStore } from '../../stores.ts';

/** As many as pools usually have. */
const CONNECTIONS = 10;

/** A pool in which whoever comes late waits for as long as it takes. */
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

/** Waiters wait on a connection each; what their holder reads past its section has none left. */
export const waitersHoldConnections: Mutant = {
  name: 'waiters-hold-connections',
  origin:
    'client = await pool.connect(), and then SELECT pg_advisory_lock: ten callers who want one stream are the whole pool.',
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
