/** JSON values as text and back, without any loss. */
import type { Json } from '../../contract/index.ts';

/** Like JSON.stringify, but -0 keeps its sign. `value` has been validated: finite numbers, plain objects, no cycles. */
export function stringify(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(stringify).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}:${stringify(inner)}`)
      .join(',')}}`;
  }
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

export function parse(text: string): Json {
  return JSON.parse(text) as Json;
}
