/** A child's side: its channel to the parent, and the watchdog that ends it when the parent is gone. */
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { compiledEntry } from './entry.ts';
import { CHANNEL_DESCRIPTOR, NO_MARK, SHARED, SHARED_LENGTH } from './shared.ts';
import { lineChannel, type LineChannel, type LineListener } from './lines.ts';

/** Opens the channel to the parent. `listener.end` means that the parent is gone or asks the child to end. */
export function parentChannel(listener: LineListener): LineChannel {
  return lineChannel(new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true }), listener);
}

export type Mark = readonly [number, number, number];

export interface Watchdog {
  /** How long the process may continue after its parent's end, in order to clean up, in milliseconds. */
  setGraceMs(graceMs: number): void;
  /** Reports that the main thread is not blocked. */
  beat(): void;
  /**
   * Says what the main thread is doing, as three numbers. If no beat follows for some seconds, the watchdog reports it
   * to the parent as a line `{"stalled":[1,2,3]}`. Without an argument: no step is running.
   */
  mark(at?: Mark): void;
}

export const DEFAULT_GRACE_MS = 2000;
const NOWHERE: Mark = [NO_MARK, NO_MARK, NO_MARK];

/**
 * Watches from a separate thread, so that it works while the main thread is blocked. When the parent is gone, it kills
 * the process and its group after the grace period.
 */
export function startWatchdog(): Watchdog {
  const shared = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * SHARED_LENGTH));
  shared.set([DEFAULT_GRACE_MS, 0, ...NOWHERE]);
  const worker = new Worker(compiledEntry('scenarios/process/watchdogThread'), {
    workerData: shared,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
  return {
    setGraceMs: (graceMs) => void Atomics.store(shared, SHARED.grace, graceMs),
    beat: () => void Atomics.add(shared, SHARED.beats, 1),
    mark: (at = NOWHERE) => {
      for (const [index, number] of at.entries()) Atomics.store(shared, SHARED.marks + index, number);
    },
  };
}
