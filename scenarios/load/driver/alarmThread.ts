/** The thread of an alarm: see alarm.ts. It sleeps as precisely as the system can, while timers count milliseconds. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AlarmMemory } from './alarm.ts';

const NS_PER_MS = 1e6;

const { turn, at } = workerData as AlarmMemory;
let seen = 0;
parentPort?.postMessage('ready', []);
for (;;) {
  Atomics.wait(turn, 0, seen);
  seen = Atomics.load(turn, 0);
  if (seen < 0) break;
  // After another `set`, the wait begins again.
  while (seen === Atomics.load(turn, 0)) {
    const leftMs = Number(Atomics.load(at, 0) - process.hrtime.bigint()) / NS_PER_MS;
    if (leftMs <= 0) {
      parentPort?.postMessage('ring', []);
      break;
    }
    Atomics.wait(turn, 0, seen, leftMs);
  }
}
