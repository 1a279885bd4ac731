/** Refusals that the adapters of this package share. */
import { StorageError } from './errors.ts';
import type { Surface } from './storageAdapter.ts';

export function alreadyExists(surface: Surface, id: string): StorageError {
  return new StorageError(
    'ALREADY_EXISTS',
    `Expected an id that ${surface} does not hold, got ${JSON.stringify(id)}. Nothing was changed.`,
    { details: { surface, id } },
  );
}

export function notFound(surface: Surface, id: string): StorageError {
  return new StorageError(
    'NOT_FOUND',
    `Expected an id that ${surface} holds, got ${JSON.stringify(id)}. Nothing was changed.`,
    { details: { surface, id } },
  );
}
