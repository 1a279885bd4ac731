/** Translates errors of PostgreSQL and its driver into the contract's codes. No raw driver error leaves the adapter. */
import { isStorageError, StorageError, type StorageErrorCode } from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import { TAKEN, UNMET, type Asked, type Buffered } from './sql/sql.ts';
import { FENCED_STATE, fencedBy } from './authority/writers.ts';

/**
 * What the adapter was doing when the error occurred. This decides what a lost connection means: nothing happened while
 * connecting or reading; the section is lost within one; and after a write or a COMMIT was sent, nobody knows.
 */
export type Phase = 'connect' | 'read' | 'write' | 'lock' | 'section' | 'commit';

const CODES: Readonly<Record<string, StorageErrorCode>> = {
  // Constraints, casts and sizes: the validation accepted a value that the database refuses.
  '22': 'INVALID_RECORD',
  '23': 'INVALID_RECORD',
  '54000': 'INVALID_RECORD',
  [TAKEN]: 'ALREADY_EXISTS',
};

/** Error classes and codes after which the connection is gone: 08 connection, 57P0x shutdown, 25P0x idle. */
const FATAL = /^(08...|57P0[1-5]|25P0[34])$/;

/** The SQLSTATE of a driver's error. A lost connection, a dead client and `query_timeout` have none. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  // Only errors of the server have a severity: EPIPE has five letters too.
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined;
}

/** Whether `error` means that its connection can no longer be used. */
export function isFatal(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || FATAL.test(state);
}

/** Translates `error` into a StorageError. A StorageError is returned as it is. */
export function translate(error: unknown, phase: Phase): StorageError {
  if (isStorageError(error)) return error;
  const state = sqlStateOf(error);
  // A statement that was refused with an SQLSTATE changed nothing. Without one, the answer was lost.
  if (isFatal(error) && phase !== 'connect') return lost(error, phase);
  if (state === FENCED_STATE) return fencedBy(error);
  return new StorageError(codeFor(state, phase), describe(error, state), {
    cause: error,
    details: defined({ sqlState: state }),
  });
}

function codeFor(state: string | undefined, phase: Phase): StorageErrorCode {
  // 55P03 is lock_timeout. Unless it comes from the lock itself, another section holds the row.
  if (state === '55P03' && phase === 'lock') return 'LOCK_TIMEOUT';
  // Anything else with an SQLSTATE was rolled back, including deadlocks and serialization failures.
  return CODES[state ?? ''] ?? CODES[state?.slice(0, 2) ?? ''] ?? 'UNAVAILABLE';
}

function lost(error: unknown, phase: Phase): StorageError {
  const said = (error as Error | undefined)?.message ?? String(error);
  switch (phase) {
    case 'connect':
    case 'read':
    case 'lock':
      return new StorageError(
        'UNAVAILABLE',
        `Expected an answer of PostgreSQL, but the connection was lost (${said}). Nothing was changed; try again.`,
        { cause: error },
      );
    case 'section':
      return new StorageError(
        'LOCK_LOST',
        `Expected the lock to be held until the end of its section, but the connection was lost (${said}). Nothing was committed.`,
        { cause: error },
      );
    case 'write':
    case 'commit':
      return new StorageError(
        'OUTCOME_UNKNOWN',
        `Expected the answer to a ${phase}, but the connection was lost (${said}). Look whether it took effect before repeating it.`,
        { cause: error },
      );
    default:
      return phase satisfies never;
  }
}

function describe(error: unknown, state: string | undefined): string {
  const said = (error as Error | undefined)?.message ?? String(error);
  const at = state === undefined ? '' : ` (SQLSTATE ${state})`;
  if (state === '42P01' || state === '3F000')
    return `Expected lockstep's tables, but PostgreSQL says: ${said}${at}. Run the migrations first.`;
  if (state === '55P03')
    return `Expected the lock to become free in time, but others held it${at}. Nothing was changed; try again.`;
  return `Expected PostgreSQL to carry out a statement, but it says: ${said}${at}. Nothing was changed.`;
}

/** The error of a statement in a flight, or of its COMMIT. For a buffered write it names what was to be written. */
export function failureOf(error: unknown, asked: Asked | undefined, phase: Phase): StorageError {
  if (asked?.unmet !== undefined && sqlStateOf(error) === (asked.unmetState ?? UNMET)) return asked.unmet();
  const translated = translate(error, phase);
  if (asked === undefined || !('surface' in asked) || isFatal(error) || translated.code === 'FENCED')
    return translated;
  const { surface, id } = asked as Buffered;
  const { code, message, cause, details } = translated;
  return new StorageError(code, message, { cause, details: { ...details, surface, id } });
}

export function leaseLost(streamId: string, fence: bigint): StorageError {
  return new StorageError(
    'LOCK_LOST',
    `Expected the lease of ${JSON.stringify(streamId)} with fence ${fence} to last until the end of its section, but it has run out or was taken over. Nothing was committed.`,
    { details: { streamId } },
  );
}

export function rolledBack(command: string): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    `Expected PostgreSQL to commit, but it answered ${command}. Nothing was committed; try again.`,
  );
}
