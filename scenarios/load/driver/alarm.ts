/**
 * Wakes this thread at a moment. Timers of Node are late by up to a millisecond, which would be most of what a fast target
 * takes; looking at the clock without end would take the CPU that the target needs. So a thread sleeps until then: late by
 * about a tenth of a millisecond, for about 30 µs of CPU.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { compiledEntry } from '../../process/index.ts';

export interface Alarm {
  /** Rings once at that time, in nanoseconds of the monotonic clock, instead of at the one that was set before. */
  set(at: bigint): void;
  /** Rings no more. Idempotent. */
  close(): void;
}

/** Shared with the thread: `turn` counts settings, and is negative at the end. */
export interface AlarmMemory {
  readonly turn: Int32Array;
  readonly at: BigInt64Array;
}

const HIGHEST_TURN = 0x7fff_fffe;

/** Resolves when the thread is there. */
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
