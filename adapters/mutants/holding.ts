/** `show(item)`: the object that was shown of this version before; whoever reads twice gets one object twice. */
export function holding<T>(versionOf: (item: T) => string): (item: T) => T {
  const held = new Map<string, T>();
  return (item) => {
    const version = versionOf(item);
    const known = held.get(version);
    if (known !== undefined) return known;
    held.set(version, item);
    return item;
  };
}
