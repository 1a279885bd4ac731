import {
  validateIdempotencyRecord,
  type IdempotencyRecord,
  type NewIdempotencyRecord,
  type Page,
} from '../../contract/index.ts';
import { replaceIdempotency } from '../idempotency/stores.ts';
import type { Equivalent } from '../mutant.ts';

/** Bodies are kept as base64 of their bytes. */
export const base64Body: Equivalent = {
  name: 'base64-body',
  reason: 'The text comes back exactly; what is no text is refused before it is encoded.',
  bases: ['memory', 'postgres'],
  // Claims keep their bodies elsewhere.
  capabilities: { idempotencyClaims: false },
  mutate: (adapter) =>
    replaceIdempotency(
      adapter,
      (inner) => ({
        get: async (token) => {
          const record = await inner.get(token);
          return record === undefined ? undefined : decoded(record);
        },
        insert: async (record) => decoded(await inner.insert(encoded(record))),
      }),
      (store) => ({
        putIfAbsent: async (record) => {
          const result = await store.putIfAbsent(encoded(record));
          return result.stored
            ? { stored: true, record: decoded(result.record) }
            : { stored: false, existing: decoded(result.existing) };
        },
        scan: async (request): Promise<Page<IdempotencyRecord>> => {
          const page = await store.scan(request);
          return { ...page, items: page.items.map(decoded) };
        },
      }),
    ),
};

/** A body that is no text is left to the store, which refuses it; so is everything else that is invalid. */
function encoded(record: NewIdempotencyRecord): NewIdempotencyRecord {
  try {
    validateIdempotencyRecord(record);
  } catch {
    return record;
  }
  return { ...record, body: Buffer.from(record.body, 'utf8').toString('base64') };
}

function decoded(record: IdempotencyRecord): IdempotencyRecord {
  return { ...record, body: Buffer.from(record.body, 'base64').toString('utf8') };
}
