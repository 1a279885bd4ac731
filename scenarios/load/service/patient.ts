/** Puts a time limit on calls, so that an adapter that never answers does not look like a busy one. */
import { bounded } from '../../host/process/bounded.ts';

/** The longest duration of a call before and after a load, in milliseconds: longer than any wait for a lock. */
const CALL_BOUND_MS = 30_000;

/** `part` of an adapter. A call that has not settled within the time limit rejects. */
export function patient<T extends object>(part: T, name = 'the adapter'): T {
  return new Proxy(part, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      const path = `${name}.${String(key)}`;
      if (typeof value === 'function') {
        const method = value as (...args: readonly unknown[]) => unknown;
        return (...args: readonly unknown[]) =>
          within(() => method.apply(target, [...args]), CALL_BOUND_MS, path);
      }
      return typeof value === 'object' && value !== null ? patient(value, path) : value;
    },
  });
}

/** The result of `call`. Also rejects if the call has not settled within the bound. */
export async function within<T>(call: () => T | Promise<T>, boundMs: number, what: string): Promise<T> {
  const answered = await bounded(call, boundMs);
  if (answered.status === 'value') return answered.value;
  if (answered.status === 'error') throw answered.error;
  throw new Error(`Expected ${what} to settle within ${boundMs} ms; it did not.`);
}
