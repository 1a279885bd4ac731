/**
 * The one error class of the seam. Callers branch on `code`, never on the message.
 */

/** The closed list of error codes. An adapter may throw no other code and no raw driver error. */
export const STORAGE_ERROR_CODES = [
  /** The record that must exist does not. */
  'NOT_FOUND',
  /** A record with this id exists; nothing was changed. `details` names the surface and the id. */
  'ALREADY_EXISTS',
  /** The request contradicts what is stored: another fingerprint, a transition that is not allowed. */
  'CONFLICT',
  /** The cursor was not issued by this list, or was damaged. */
  'INVALID_CURSOR',
  /** The idempotency scope, key or token is malformed. */
  'INVALID_TOKEN',
  /** The record cannot be stored exactly as given; nothing was changed. */
  'INVALID_RECORD',
  /** The lock was not granted within `timeoutMs`; the callback did not run and will not run later. */
  'LOCK_TIMEOUT',
  /** The lock was lost while the callback ran; nothing of the section was committed. */
  'LOCK_LOST',
  /** The caller holds this stream's lock already and the adapter does not nest. */
  'LOCK_REENTRANT',
  /** The caller's signal was aborted while waiting. */
  'ABORTED',
  /** The storage does not accept this writer: who may write has moved. Nothing happened; find out who decides. */
  'FENCED',
  /** The adapter, or the view of a section that has ended, was used after its end. */
  'CLOSED',
  /** The adapter does not offer this. */
  'UNSUPPORTED',
  /** Nothing happened; the call may be retried. */
  'UNAVAILABLE',
  /** A commit was sent and its answer lost; the call must not be repeated blindly. */
  'OUTCOME_UNKNOWN',
] as const;

export type StorageErrorCode = (typeof STORAGE_ERROR_CODES)[number];

/** Codes that promise that nothing happened, so that the caller may run the whole section again. */
export const RETRYABLE_CODES: readonly StorageErrorCode[] = ['UNAVAILABLE', 'LOCK_TIMEOUT'];

const BRAND = Symbol.for('lockstep.StorageError');

export interface StorageErrorOptions {
  /** The error below this one: a driver's error, for example. It is kept, never shown raw. */
  readonly cause?: unknown;
  /** Facts for programs: `{ surface: 'idempotency', id: 'settle:k1' }`. JSON values only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * What every method of the seam rejects with. The message says what was expected, what came, and what to do. Callers
 * branch on {@link StorageError.code}, by {@link codeOf} or {@link isStorageError}.
 *
 * @example
 * ```ts
 * throw new StorageError('NOT_FOUND', `Expected a stream ${id}; there is none.`, { cause: error });
 * ```
 */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: StorageErrorCode, message: string, options: StorageErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Whether `error` is a StorageError of this or of another loaded copy of lockstep.
 * A brand instead of `instanceof`, because an author's module may load a second copy.
 */
export function isStorageError(error: unknown): error is StorageError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
}

/** The code of `error` when it is a StorageError, else undefined. */
export function codeOf(error: unknown): StorageErrorCode | undefined {
  return isStorageError(error) ? error.code : undefined;
}
