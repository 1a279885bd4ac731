/** Errors that the adapters of this package share. */
import { StorageError } from '../errors.ts';
import type { Surface } from '../storageAdapter.ts';

export function alreadyExists(surface: Surface, id: string): StorageError {
  return new StorageError(
    'ALREADY_EXISTS',
    `Expected an id that does not exist in ${surface}, got ${JSON.stringify(id)}. Nothing was changed.`,
    { details: { surface, id } },
  );
}

export function notFound(surface: Surface, id: string): StorageError {
  return new StorageError(
    'NOT_FOUND',
    `Expected an id that exists in ${surface}, got ${JSON.stringify(id)}. Nothing was changed.`,
    { details: { surface, id } },
  );
}

/** The claim is not the current one: somebody else may do the work now, or has done it. */
export function notClaimed(surface: Surface, what: string): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected the current claim of ${what}, but this one was taken over, finished, given back or has run out. Nothing was changed; do not go on with the work.`,
    { details: { surface } },
  );
}

export function closed(what: 'instance' | 'section'): StorageError {
  return new StorageError(
    'CLOSED',
    what === 'instance'
      ? 'Expected an open adapter, but close() was called. Open a new instance.'
      : 'Expected a view within its section, but withLock has settled or the adapter was closed. Call withLock again.',
  );
}

export function reentrant(streamId: string): StorageError {
  return new StorageError(
    'LOCK_REENTRANT',
    `Expected a stream that the caller has not locked, got ${JSON.stringify(streamId)}. Use the view of the outer section.`,
    { details: { streamId } },
  );
}

export function aborted(streamId: string): StorageError {
  return new StorageError(
    'ABORTED',
    `Expected the lock of ${JSON.stringify(streamId)}, but the caller's signal was aborted while waiting.`,
    { details: { streamId } },
  );
}

export function lockTimeout(streamId: string, timeoutMs: number): StorageError {
  return new StorageError(
    'LOCK_TIMEOUT',
    `Expected the lock of ${JSON.stringify(streamId)} within ${timeoutMs} ms, but others held it. The callback did not run; try again.`,
    { details: { streamId, timeoutMs } },
  );
}
