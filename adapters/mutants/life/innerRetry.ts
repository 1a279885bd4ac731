import {
  codeOf,
  type LockedView,
  type NewStream,
  type StreamRecord,
  type StreamStore,
} from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** Ends a transaction whose failed statement is repeated in the next one. */
class Again extends Error {}

/** How often a statement is tried. */
const MAX_TRIES = 5;

/**
 * A write that failed because of a deadlock is repeated in a new transaction, in which the callback continues. Its
 * earlier writes are lost, and its earlier reads are outdated.
 */
export const innerRetry: Mutant = retrying(
  {
    name: 'inner-retry',
    origin: 'A retry on 40001 and 40P01 is wrapped around each statement instead of around the transaction.',
  },
  false,
);

/** The same, but the earlier writes are repeated first. They are based on outdated reads. */
export const statementsReplayed: Mutant = retrying(
  {
    name: 'statements-replayed',
    origin:
      'A proxy or driver that replays the statements of a transaction after a deadlock: nothing is lost, but the values are based on outdated reads.',
  },
  true,
);

function retrying(about: Pick<Mutant, 'name' | 'origin'>, replays: boolean): Mutant {
  return {
    ...about,
    clauses: ['TX-05'],
    bases: ['postgres'],
    mutate: (adapter) =>
      replaceLock(adapter, async (id, callback, options) => {
        const retry = new Retry(replays);
        const begin = (action: (view: LockedView) => Promise<unknown>): Promise<unknown> =>
          lockOf(adapter)(id, action, options);
        let running: ReturnType<typeof callback> | undefined;
        for (;;) {
          const stopped = retry.next();
          try {
            await begin(async (view) => {
              retry.enter(view);
              running ??= callback(retry.view(view));
              await Promise.race([running, stopped]);
            });
            return await (running as unknown as ReturnType<typeof callback>);
          } catch (error) {
            if (!(error instanceof Again)) throw error;
          }
        }
      }),
  };
}

/** The current transaction, and the statement that waits for the next one. */
class Retry {
  #current: LockedView | undefined;
  #stop: (error: Again) => void = () => undefined;
  #enter: (view: LockedView) => void = () => undefined;
  /** The writes to repeat in the next transaction. */
  readonly #written: ((streams: StreamStore) => Promise<unknown>)[] = [];
  readonly #replays: boolean;

  constructor(replays: boolean) {
    this.#replays = replays;
  }

  /** Rejects when a statement needs another transaction. */
  next(): Promise<never> {
    const stopped = new Promise<never>((_, reject) => {
      this.#stop = reject;
    });
    stopped.catch(() => undefined);
    return stopped;
  }

  enter(view: LockedView): void {
    this.#current = view;
    this.#enter(view);
  }

  /** A view whose calls go to the current transaction. */
  view(first: LockedView): LockedView {
    const streams = first.streams;
    if (streams === undefined) return first;
    const now = (): StreamStore => this.#current?.streams ?? streams;
    return {
      ...first,
      streams: {
        create: async (stream) => {
          const created = await now().create(stream);
          this.#written.push(async (again) => again.create(stream));
          return created;
        },
        get: (id) => now().get(id),
        put: (stream) => this.#put(now, stream),
        delete: (id) => now().delete(id),
        list: (request) => now().list(request),
        scan: (request) => now().scan(request),
      },
    };
  }

  async #put(now: () => StreamStore, stream: NewStream): Promise<StreamRecord> {
    for (let tries = 1; ; tries += 1) {
      try {
        const put = await now().put(stream);
        this.#written.push(async (again) => again.put(stream));
        return put;
      } catch (error) {
        if (codeOf(error) !== 'UNAVAILABLE' || tries === MAX_TRIES) throw error;
        const entered = new Promise<LockedView>((resolve) => {
          this.#enter = resolve;
        });
        this.#stop(new Again());
        await entered;
        if (this.#replays) for (const write of this.#written) await write(now());
      }
    }
  }
}
