import { changeIdempotency, field } from './base.ts';

/** What jsonb returns: keys sorted by length and then by bytes, and no original white space. */
function asJsonb(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonb);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, inner]) => [key, asJsonb(inner)]));
}

function stored(body: string): string {
  try {
    return JSON.stringify(asJsonb(JSON.parse(body)));
  } catch {
    return JSON.stringify(body);
  }
}

// The body of an answer is stored in a column of type jsonb.
export default field('jsonb-body', (adapter) =>
  changeIdempotency(adapter, (store) => ({
    putIfAbsent: (record) => store.putIfAbsent({ ...record, body: stored(record.body) }),
    insert: (record) => store.insert({ ...record, body: stored(record.body) }),
  })),
);
