/** Everything that an instance can be asked, led through one function. */

/** Gets the path of a method (`streamRepository.withLock`) and what calls it; returns what the caller gets. */
export type AroundCall = (path: string, call: () => unknown) => unknown;

/** `part` of an instance with every method led through `act`. */
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
