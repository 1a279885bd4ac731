import type { IdempotencyStore, IdempotencyView, NewIdempotencyRecord } from '../contract/index.ts';
import { extend, replaceView, type Mutant } from './mutant.ts';

/** The body to replay is stored as parsed JSON: key order, numbers, doubles and white space are not kept. */
export const jsonbBody: Mutant = {
  name: 'jsonb-body',
  origin: 'A jsonb column for the response body.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    if (store === undefined) return adapter;
    const parsing: IdempotencyStore = {
      ...store,
      insert: (record) => store.insert(asJsonb(record)),
      putIfAbsent: (record) => store.putIfAbsent(asJsonb(record)),
    };
    const viewed = replaceView(adapter, (view) =>
      view.idempotency === undefined ? view : { ...view, idempotency: parsingView(view.idempotency) },
    );
    return extend(viewed, { idempotencyStore: parsing });
  },
};

function parsingView(view: IdempotencyView): IdempotencyView {
  return { get: (token) => view.get(token), insert: (record) => view.insert(asJsonb(record)) };
}

/** What jsonb gives back: keys sorted by length and bytes, the last of doubles, numbers in plain notation. */
function asJsonb(record: NewIdempotencyRecord): NewIdempotencyRecord {
  try {
    return { ...record, body: JSON.stringify(sorted(JSON.parse(record.body))) };
  } catch {
    // Not JSON: such an adapter keeps it as a JSON string.
    return { ...record, body: JSON.stringify(record.body) };
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
