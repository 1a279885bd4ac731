/** How long an adapter's own code may take, in milliseconds. */

/** Compiling takes its time, on a busy machine. */
export const IMPORT_BOUND_MS = 60_000;
/** Of `start` and of an environment: it may fetch an image. */
export const START_BOUND_MS = 300_000;
/** Of `stop`, and of `destroy`. */
export const STOP_BOUND_MS = 30_000;
/** Of the storage, to say that it can be read and written. */
export const STORAGE_BOUND_MS = 30_000;
export const OPEN_BOUND_MS = 30_000;
export const CLOSE_BOUND_MS = 5000;
/** Of plain calls that try the storage. */
export const PLAIN_CALLS_BOUND_MS = 10_000;
/** Of the whole trial of a storage before a run: its own check, then an instance that is opened, used and removed. */
export const TRIAL_BOUND_MS: number =
  STORAGE_BOUND_MS + OPEN_BOUND_MS + PLAIN_CALLS_BOUND_MS + CLOSE_BOUND_MS + STOP_BOUND_MS;
