/**
 * Returns a function that replaces an item by the object that was shown before for the same version. Whoever reads
 * twice gets the same object.
 */
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
