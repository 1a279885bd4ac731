/** What a callback returns or throws, and how that settles. */
import { inspect } from 'node:util';
import { StorageError } from '../../../adapters/contract/index.ts';
import type { Step } from './program.ts';

/** How a call settled. */
export type Settled =
  | { readonly rejected: false; readonly value: unknown }
  | { readonly rejected: true; readonly error: unknown };

/** How `call` settles, whether it throws, rejects or answers synchronously. */
export async function settle(call: () => unknown): Promise<Settled> {
  try {
    return { rejected: false, value: await call() };
  } catch (error) {
    return { rejected: true, error };
  }
}

/** Falsy values: an adapter that tests the result for truth takes them for none. */
const FALSE_VALUES: readonly unknown[] = [undefined, 0, null, '', false];

/**
 * What the callback of the section with this number returns: something falsy, or something that JSON cannot represent.
 */
export function returnedBy(section: number): unknown {
  if (section % 2 === 0) return FALSE_VALUES[(section / 2) % FALSE_VALUES.length];
  return { section, count: BigInt(section), left: undefined };
}

/**
 * What the callback returned, if withLock resolved to something else, be it a copy: a copy has lost its class and its
 * functions. Undefined if the callback rejected, because its error says more.
 */
export function insteadOf(
  { returned, failure }: { readonly returned: unknown; readonly failure: object | undefined },
  settlement: Settled,
): { readonly instead?: string } {
  if (settlement.rejected || failure !== undefined || Object.is(settlement.value, returned)) return {};
  return { instead: inspect(returned) };
}

export function thrownBy({ message, thrown }: Extract<Step, { readonly do: 'throw' }>): unknown {
  switch (thrown) {
    case undefined:
      return new Error(message);
    case 'frozen':
      return Object.freeze(new Error(message));
    case 'text':
      return message;
    case 'null':
      return null;
    case 'undefined':
      return undefined;
    case 'of another class':
      return new RangeError(message);
    case 'AbortError':
    case 'TimeoutError':
      return new DOMException(message, thrown);
    case 'ECONNRESET':
      return Object.assign(new Error(message), { code: thrown });
    case 'CONFLICT':
    case 'UNAVAILABLE':
      return new StorageError(thrown, message);
    default:
      return thrown satisfies never;
  }
}
