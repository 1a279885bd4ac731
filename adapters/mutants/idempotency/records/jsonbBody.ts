import type { NewIdempotencyRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { changeRecords } from '../stores.ts';

/** The body is stored as parsed JSON, so key order, number formats, duplicate keys and white space are lost. */
export const jsonbBody: Mutant = {
  name: 'jsonb-body',
  origin: 'A jsonb column for the response body.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => changeRecords(adapter, asJsonb),
};

/**
 * The text that jsonb returns: keys sorted by length and bytes, the last of duplicate keys, numbers in plain
 * notation.
 */
function asJsonb(record: NewIdempotencyRecord): NewIdempotencyRecord {
  try {
    return { ...record, body: JSON.stringify(sorted(JSON.parse(record.body))) };
  } catch {
    // A body that is not JSON is stored as a JSON string.
    return { ...record, body: JSON.stringify(record.body) };
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
