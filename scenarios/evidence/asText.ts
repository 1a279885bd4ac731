/** Converts a value to text, for adapters that return something else where the contract requires a text. */

/** A text as it is. Anything else as JSON in brackets, so that it cannot equal a real text. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return `<${JSON.stringify(value) ?? typeof value}>`;
  } catch {
    return `<${typeof value}>`;
  }
}
