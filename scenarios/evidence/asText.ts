/** What an adapter gave where the contract has a text, for a file in which a text stands there. */

/** The text itself; anything else as JSON, in brackets, so that it equals no text that was meant. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return `<${JSON.stringify(value) ?? typeof value}>`;
  } catch {
    return `<${typeof value}>`;
  }
}
