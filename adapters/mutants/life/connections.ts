import { setTimeout as sleep } from 'node:timers/promises';
import { StorageError, type NewStream } from '../../contract/index.ts';
import { extend, lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** The default number of connections of a pool. */
const CONNECTIONS = 10;
/** How long a caller waits for a connection, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Counts the free connections of a pool. */
class Places {
  #free = CONNECTIONS;
  readonly #waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const given = new Promise<void>((resolve) => this.#waiting.push(resolve));
    const late = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => {
      throw new StorageError('UNAVAILABLE', 'No connection became free.');
    });
    await Promise.race([given, late]);
  }

  giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/** A section that fails keeps its connection. */
export const clientLeakOnError: Mutant = {
  name: 'client-leak-on-error',
  origin:
    'client.release() after COMMIT instead of in a finally block: after ten failures nobody gets a connection.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const places = new Places();
    return replaceLock(adapter, async (id, callback, options) => {
      await places.take();
      const result = await lockOf(adapter)(id, callback, options);
      places.giveBack();
      return result;
    });
  },
};

/** A failed call outside sections keeps its connection. Sections return theirs. */
export const clientLeakOnWrite: Mutant = {
  name: 'client-leak-on-write',
  origin: 'A helper for single statements releases its client only if they succeed.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const repository = adapter.streamRepository;
    const streams = repository?.streams;
    if (repository === undefined || streams === undefined) return adapter;
    const places = new Places();
    const leaking = <A, R>(call: (argument: A) => R | Promise<R>) => {
      return async (argument: A): Promise<R> => {
        await places.take();
        const result = await call(argument);
        places.giveBack();
        return result;
      };
    };
    return extend(adapter, {
      streamRepository: {
        ...repository,
        streams: {
          ...streams,
          create: leaking((stream: NewStream) => streams.create(stream)),
          put: leaking((stream: NewStream) => streams.put(stream)),
          get: leaking((id: string) => streams.get(id)),
        },
      },
    });
  },
};
