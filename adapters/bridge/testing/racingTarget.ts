/**
 * The store in files as most are written: get, then set, and nothing that keeps another process from coming between. Its
 * reads take as long as those of a file that somebody else uses, too.
 */
import type { TargetDefinition } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import type { AppendOnlyStore, KeyValueStore } from '../store.ts';
import { sharedTarget } from './sharedTarget.ts';

/** Long enough for a step of a program to count as blocked, so that others come between. */
const READ_MS = 15;

/** How many reads in a row are slow. Some programs write hundreds of records one after another. */
const SLOW_READS = 10;

let lastReadAt = -Infinity;
let readsInARow = 0;

/** The answer of a read, after a while in which this process does nothing and others do. */
function slowly<T>(answer: T): T {
  readsInARow = performance.now() - lastReadAt > READ_MS ? 1 : readsInARow + 1;
  if (readsInARow <= SLOW_READS) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, READ_MS);
  lastReadAt = performance.now();
  return answer;
}

function slowRows<V>(rows: KeyValueStore<V>): KeyValueStore<V> {
  return { ...rows, get: (key) => slowly(rows.get(key)) };
}

function slowLog<V>(log: AppendOnlyStore<V>): AppendOnlyStore<V> {
  return { ...log, some: (matches) => slowly(log.some(matches)) };
}

const target: TargetDefinition = sharedTarget('racing-store', ({ idempotency, activity, ...store }) => ({
  ...store,
  ...defined({ idempotency: idempotency && slowRows(idempotency), activity: activity && slowLog(activity) }),
  step: (action) => action(),
}));
export default target;
