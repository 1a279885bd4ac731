import { codeOf } from '../errors.ts';

/** The code of the StorageError that `action` throws; `raw …` for any other error. Undefined: it throws nothing. */
export function codeFrom(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return codeOf(error) ?? `raw ${String(error)}`;
  }
}
