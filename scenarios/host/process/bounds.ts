/** Time limits for an adapter's own code, in milliseconds. */

/** For importing a target: compiling is slow on a busy machine. */
export const IMPORT_BOUND_MS = 60_000;
/** For `start` and for an environment: it may fetch an image. */
export const START_BOUND_MS = 300_000;
/** For `stop` and `destroy`. */
export const STOP_BOUND_MS = 30_000;
/** For the storage's own check. */
export const STORAGE_BOUND_MS = 30_000;
export const OPEN_BOUND_MS = 30_000;
export const CLOSE_BOUND_MS = 5000;
/** For plain calls that try the storage. */
export const PLAIN_CALLS_BOUND_MS = 10_000;
/** For the whole trial of a storage before a run: its own check, then opening, using and removing an instance. */
export const TRIAL_BOUND_MS: number =
  STORAGE_BOUND_MS + OPEN_BOUND_MS + PLAIN_CALLS_BOUND_MS + CLOSE_BOUND_MS + STOP_BOUND_MS;
