/** Copies of JSON values. Fields that are undefined are left out: to JSON they are absent. */
export function copy<T>(value: T): T {
  return copyValue(value) as T;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyValue);
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    // Assigning to this name would set the prototype instead of a field.
    if (key === '__proto__') Object.defineProperty(result, key, field(copyValue(inner)));
    else result[key] = copyValue(inner);
  }
  return result;
}

function field(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, writable: true, configurable: true };
}
