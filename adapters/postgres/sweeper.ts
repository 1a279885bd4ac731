/**
 * Deletes expired replay records periodically. Correctness does not depend on it: expiry is checked when a record is
 * used.
 */
import type { IdempotencyStore } from '../contract/index.ts';

export interface SweeperOptions {
  readonly store: Pick<IdempotencyStore, 'deleteExpired'>;
  /** The pause between two sweeps in milliseconds. Default 60,000. */
  readonly intervalMs?: number;
  /** The number of records per statement. Default 1,000. A sweep continues until a statement finds fewer. */
  readonly batch?: number;
  /** Called with the error of a failed sweep. The next sweep runs nevertheless. Default: errors are ignored. */
  readonly onError?: (error: unknown) => void;
}

export interface Sweeper {
  /** Resolves when no sweep is running any more. Idempotent. */
  stop(): Promise<void>;
}

/** The most statements of one sweep, so that a flood of records cannot keep it running forever. */
const MAX_BATCHES = 1_000;

/** Starts sweeping. The timer does not keep the process alive. */
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
