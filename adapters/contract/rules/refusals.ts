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
