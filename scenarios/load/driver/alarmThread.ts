/** The thread of an alarm, see alarm.ts. It sleeps to the nanosecond as well as the system can, where a timer counts milliseconds. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AlarmMemory } from './alarm.ts';

const NS_A_MS = 1e6;

const { turn, at } = workerData as AlarmMemory;
let seen = 0;
parentPort?.postMessage('ready', []);
for (;;) {
  Atomics.wait(turn, 0, seen);
  seen = Atomics.load(turn, 0);
  if (seen < 0) break;
  // A new turn, set earlier or later, begins the wait again.
  while (seen === Atomics.load(turn, 0)) {
    const leftMs = Number(Atomics.load(at, 0) - process.hrtime.bigint()) / NS_A_MS;
    if (leftMs <= 0) {
      parentPort?.postMessage('ring', []);
      break;
    }
    Atomics.wait(turn, 0, seen, leftMs);
  }
}
