/** Deletes expired replay records from time to time. Nothing depends on it: expiry is decided when a record is used. */
import type { IdempotencyStore } from '../contract/index.ts';

export interface SweeperOptions {
  readonly store: Pick<IdempotencyStore, 'deleteExpired'>;
  /** Pause between two sweeps in milliseconds, default 60,000. */
  readonly intervalMs?: number;
  /** Records a statement, default 1,000. A sweep goes on until it finds fewer. */
  readonly batch?: number;
  /** Told of a sweep that failed; the next one runs all the same. Default: nothing. */
  readonly onError?: (error: unknown) => void;
}

export interface Sweeper {
  /** Resolves when no sweep runs any more. Idempotent. */
  stop(): Promise<void>;
}

/** The most statements of one sweep, so that a flood of records cannot keep it running forever. */
const MAX_BATCHES = 1_000;

/** Starts sweeping; the timer keeps no process alive. */
export function startSweeper({
  store,
  intervalMs = 60_000,
  batch = 1_000,
  onError = () => undefined,
}: SweeperOptions): Sweeper {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer = plan();

  function plan(): NodeJS.Timeout {
    return setTimeout(() => {
      running = sweep()
        .catch(onError)
        .finally(() => {
          if (!stopping.signal.aborted) timer = plan();
        });
    }, intervalMs).unref();
  }

  async function sweep(): Promise<void> {
    for (let count = 0; count < MAX_BATCHES && !stopping.signal.aborted; count += 1) {
      if ((await store.deleteExpired(batch)) < batch) return;
    }
  }

  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
