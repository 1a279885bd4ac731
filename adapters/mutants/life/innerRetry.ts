import {
  codeOf,
  type LockedView,
  type NewStream,
  type StreamRecord,
  type StreamStore,
} from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** Ends a transaction whose statement is tried again in the next one. */
class Again extends Error {}

/** How often a statement is tried. */
const MAX_TRIES = 5;

/**
 * A stream that could not be written because of a deadlock is written again in a new transaction, in which the
 * callback then goes on: what it had written before is lost, and what it had read is old.
 */
export const innerRetry: Mutant = retrying(
  {
    name: 'inner-retry',
    origin: 'A retry on 40001 and 40P01 is wrapped around each statement instead of around the transaction.',
  },
  false,
);

/** As before, and what the callback had written is written again first: with what it had read before. */
export const statementsReplayed: Mutant = retrying(
  {
    name: 'statements-replayed',
    origin:
      'A proxy or driver that replays the statements of a transaction after a deadlock: nothing is half done, and its reads are old.',
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

/** The transaction of the moment, and the statement that waits for the next one. */
class Retry {
  #current: LockedView | undefined;
  #stop: (error: Again) => void = () => undefined;
  #enter: (view: LockedView) => void = () => undefined;
  /** What to write again in the next transaction. */
  readonly #written: ((streams: StreamStore) => Promise<unknown>)[] = [];
  readonly #replays: boolean;

  constructor(replays: boolean) {
    this.#replays = replays;
  }

  /** Rejects when a statement wants another transaction. */
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

  /** A view whose calls go to the transaction of the moment. */
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
