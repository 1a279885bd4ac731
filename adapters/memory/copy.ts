/** Copies JSON values. Undefined fields are left out, because JSON has no undefined. */
export function copy<T>(value: T): T {
  return copyValue(value) as T;
}

/**
 * A copy of `given`, with the fields of `defaults` that it lacks. Fields are assigned one by one: spreading two objects
 * into one is ten times as slow in V8.
 */
export function copyWith<T extends object, D extends object>(given: T, defaults: D): T & D {
  const result = copyValue(given) as Record<string, unknown>;
  for (const [name, value] of Object.entries(defaults)) result[name] ??= value;
  return result as T & D;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyValue);
  // V8 copies a record of texts and numbers in one step.
  const copied = { ...value } as Record<string, unknown>;
  for (const key in copied) {
    const inner = copied[key];
    if (inner === undefined || key === '__proto__') return copyFields(value);
    if (typeof inner === 'object') copied[key] = copyValue(inner);
  }
  return copied;
}

function copyFields(value: object): unknown {
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    // Assigning to `__proto__` would set the prototype instead of a field.
    if (key === '__proto__') Object.defineProperty(result, key, field(copyValue(inner)));
    else result[key] = copyValue(inner);
  }
  return result;
}

function field(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, writable: true, configurable: true };
}
