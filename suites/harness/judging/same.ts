/** Whether two JSON values are equal, and where they first differ. The order of keys does not count. */

/** Messages cut longer texts. */
const MAX_SHOWN = 80;

export interface Difference {
  /** For example `withdrawal.at`. Empty: the whole value. */
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** The first difference. An undefined field counts as absent. */
export function firstDifference(expected: unknown, actual: unknown, path = ''): Difference | undefined {
  if (Object.is(expected, actual) || (expected === 0 && actual === 0)) return undefined;
  const differs = { path, expected, actual };
  if (typeof expected !== 'object' || typeof actual !== 'object') return differs;
  if (expected === null || actual === null || Array.isArray(expected) !== Array.isArray(actual))
    return differs;
  const left = expected as Readonly<Record<string, unknown>>;
  const right = actual as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const inner = path === '' ? key : `${path}.${key}`;
    const difference = firstDifference(ownOf(left, key), ownOf(right, key), inner);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function ownOf(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * JSON in printable ASCII, cut in the middle, so that values that look the same but have different bytes can be
 * distinguished.
 */
export function literal(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  const text = JSON.stringify(value) ?? typeof value;
  const escaped = text.replace(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  if (escaped.length <= MAX_SHOWN) return escaped;
  return `${escaped.slice(0, MAX_SHOWN / 2)}…${escaped.slice(-MAX_SHOWN / 4)} (${escaped.length} characters)`;
}
