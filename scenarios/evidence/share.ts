/**
 * Lets equal texts of evidence share memory. A token, its fingerprint and its answer's body stand in the history,
 * in a journal and in an audit, each parsed anew: at 100,000 operations that is a quarter of all memory.
 */

/** Gives back the first text that was equal to the given one. */
export type Share = (text: string) => string;

export function createShare(): Share {
  const seen = new Map<string, string>();
  return (text) => {
    const first = seen.get(text);
    if (first !== undefined) return first;
    seen.set(text, text);
    return text;
  };
}

/** Replaces the texts in `fields` of `record`, which nobody else holds yet. Without `share` they stay as they are. */
export function shareFields(share: Share | undefined, record: unknown, fields: readonly string[]): void {
  if (share === undefined || typeof record !== 'object' || record === null) return;
  const texts = record as Record<string, unknown>;
  for (const field of fields) {
    const text = texts[field];
    if (typeof text === 'string') texts[field] = share(text);
  }
}
