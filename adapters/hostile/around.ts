/** Passes every call of an instance through one function. */

/**
 * Receives the path of a method (`streamRepository.withLock`) and a function that calls it. Returns what the caller
 * gets.
 */
export type AroundCall = (path: string, call: () => unknown) => unknown;

/** `part` of an instance, with every method passed through `act`. */
export function around<T extends object>(part: T, act: AroundCall, path = ''): T {
  return new Proxy(part, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      const name = typeof key === 'symbol' ? key.toString() : path + key;
      if (typeof value === 'function') {
        return (...args: readonly unknown[]) =>
          act(name, () => Reflect.apply(value, target, args) as unknown);
      }
      return typeof value === 'object' && value !== null ? around(value, act, `${name}.`) : value;
    },
  });
}
