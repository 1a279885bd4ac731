/** A child's side: its channel to the parent, and the watchdog that ends it when the parent is gone. */
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { compiledEntry } from './entry.ts';
import { lineChannel, type LineChannel, type LineListener } from './lines.ts';

/** The descriptor that parent and child speak over. stdin, stdout and stderr belong to the adapter. */
const CHANNEL_DESCRIPTOR = 3;

/** Opens the channel to the parent. `listener.end` means that the parent is gone, or asks the child to end. */
export function parentChannel(listener: LineListener): LineChannel {
  return lineChannel(new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true }), listener);
}

export interface Watchdog {
  /** How long the process may go on after its parent's end, to clean up, in milliseconds. */
  setGraceMs(graceMs: number): void;
}

export const DEFAULT_GRACE_MS = 2000;

/**
 * Watches the parent from a thread of its own, so that it works while the main thread spins. When the parent
 * is gone, the process and its group are killed after the grace.
 */
export function startWatchdog(): Watchdog {
  const grace = new Int32Array(new SharedArrayBuffer(4));
  grace[0] = DEFAULT_GRACE_MS;
  const worker = new Worker(compiledEntry('scenarios/process/watchdogThread'), {
    workerData: { parent: Number(process.env['LOCKSTEP_PARENT_PID']), grace },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
  return { setGraceMs: (graceMs) => Atomics.store(grace, 0, graceMs) };
}
