/**
 * The watchdog's thread: see parent.ts. When a parent ends, the system gives its children another parent, so the ppid
 * changes.
 */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { endOwnGroup, isOrphan } from './leftBehind.ts';
import { CHANNEL_DESCRIPTOR, NO_MARK, SHARED, SHARED_LENGTH } from './shared.ts';

const POLL_MS = 200;
/** After this many polls without a beat, a thread that is running a step counts as stalled: 4 s. */
const STALLED_POLLS = 20;

const shared = workerData as Int32Array;
let beats = 0;
let quietPolls = 0;

const timer = setInterval(() => {
  if (isOrphan()) {
    clearInterval(timer);
    setTimeout(endOwnGroup, Atomics.load(shared, SHARED.grace));
  } else watchMainThread();
}, POLL_MS);

function watchMainThread(): void {
  const marks = Array.from({ length: SHARED_LENGTH - SHARED.marks }, (_, index) =>
    Atomics.load(shared, SHARED.marks + index),
  );
  const latest = Atomics.load(shared, SHARED.beats);
  quietPolls = latest === beats && marks[0] !== NO_MARK ? quietPolls + 1 : 0;
  beats = latest;
  if (quietPolls !== STALLED_POLLS) return;
  try {
    writeSync(CHANNEL_DESCRIPTOR, `${JSON.stringify({ stalled: marks })}\n`);
  } catch {
    // The parent notices on its own, only later and without the marks.
  }
}
