/**
 * Wakes this thread at a given moment. Node's timers are up to a millisecond late, which is most of a fast target's
 * latency, and polling the clock would take the CPU that the target needs. So a separate thread sleeps until then. It
 * is about a tenth of a millisecond late and takes about 30 µs of CPU.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { compiledEntry } from '../../process/index.ts';

export interface Alarm {
  /** Rings once at that time, in nanoseconds of the monotonic clock. Replaces the time that was set before. */
  set(at: bigint): void;
  /** Stops the alarm. Idempotent. */
  close(): void;
}

/** Shared with the thread. `turn` counts the calls of `set`, and is negative after `close`. */
export interface AlarmMemory {
  readonly turn: Int32Array;
  readonly at: BigInt64Array;
}

const HIGHEST_TURN = 0x7fff_fffe;

/** Resolves when the thread is running. */
export async function startAlarm(ring: () => void): Promise<Alarm> {
  const memory: AlarmMemory = {
    turn: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    at: new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)),
  };
  const { turn, at } = memory;
  const worker = new Worker(compiledEntry('scenarios/load/driver/alarmThread'), {
    workerData: memory,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
  await once(worker, 'message');
  let last = 0;
  let isClosed = false;
  const wake = (next: number): void => {
    Atomics.store(turn, 0, next);
    Atomics.notify(turn, 0);
  };
  worker.on('message', () => {
    if (!isClosed) ring();
  });
  worker.unref();
  return {
    set: (time) => {
      if (isClosed) return;
      Atomics.store(at, 0, time);
      last = last >= HIGHEST_TURN ? 1 : last + 1;
      wake(last);
    },
    close: () => {
      isClosed = true;
      wake(-1);
    },
  };
}
