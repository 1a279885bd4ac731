/**
 * The one error class of the seam. Callers branch on `code`, never on the message.
 */

/** The closed list of error codes. An adapter may throw no other code and no raw driver error. */
export const STORAGE_ERROR_CODES = [
  /** The record does not exist, but the call requires it. */
  'NOT_FOUND',
  /** A record with this id exists already. Nothing was changed. `details` names the surface and the id. */
  'ALREADY_EXISTS',
  /** The request contradicts the stored state: a different fingerprint, or a transition that is not allowed. */
  'CONFLICT',
  /** This list did not issue the cursor, or the cursor was damaged. */
  'INVALID_CURSOR',
  /** The idempotency scope, key or token is malformed. */
  'INVALID_TOKEN',
  /** The record cannot be stored exactly as given. Nothing was changed. */
  'INVALID_RECORD',
  /** The lock was not granted within `timeoutMs`. The callback did not run and will not run later. */
  'LOCK_TIMEOUT',
  /** The lock was lost while the callback ran. Nothing of the section was committed. */
  'LOCK_LOST',
  /** The caller already holds this stream's lock, and the adapter does not support nesting. */
  'LOCK_REENTRANT',
  /** The caller's signal was aborted during the wait. */
  'ABORTED',
  /** The storage does not accept this writer, because the authority has moved. Nothing happened. Find out which storage decides. */
  'FENCED',
  /** The adapter was used after it was closed, or a view after its section had ended. */
  'CLOSED',
  /** The adapter does not offer this operation. */
  'UNSUPPORTED',
  /** Nothing happened. The call may be retried. */
  'UNAVAILABLE',
  /** A commit was sent, and its answer was lost. The call must not be repeated blindly. */
  'OUTCOME_UNKNOWN',
] as const;

export type StorageErrorCode = (typeof STORAGE_ERROR_CODES)[number];

/** Codes that promise that nothing happened: the caller may run the whole section again. */
export const RETRYABLE_CODES: readonly StorageErrorCode[] = ['UNAVAILABLE', 'LOCK_TIMEOUT'];

const BRAND = Symbol.for('lockstep.StorageError');

export interface StorageErrorOptions {
  /** The underlying error, for example of a driver. It is kept, but never shown raw. */
  readonly cause?: unknown;
  /** Machine-readable facts: `{ surface: 'idempotency', id: 'settle:k1' }`. JSON values only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The error with which every method of the seam rejects. Its message says what was expected, what came, and what to do.
 * Callers branch on {@link StorageError.code}, with {@link codeOf} or {@link isStorageError}.
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
 * Whether `error` is a {@link StorageError} of this or of another loaded copy of lockstep.
 * It checks a brand instead of `instanceof`, because an author's module may load a second copy.
 */
export function isStorageError(error: unknown): error is StorageError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
}

/** The code of `error` if it is a {@link StorageError}, otherwise undefined. */
export function codeOf(error: unknown): StorageErrorCode | undefined {
  return isStorageError(error) ? error.code : undefined;
}
