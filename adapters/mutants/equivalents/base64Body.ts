import {
  validateIdempotencyRecord,
  type IdempotencyRecord,
  type NewIdempotencyRecord,
  type Page,
} from '../../contract/index.ts';
import { replaceIdempotency } from '../idempotency/stores.ts';
import type { Equivalent } from '../mutant.ts';

/** Bodies are stored as base64 of their bytes. */
export const base64Body: Equivalent = {
  name: 'base64-body',
  reason: 'The text is read back exactly; an invalid text is refused before it is encoded.',
  bases: ['memory', 'postgres'],
  // Claims store their bodies elsewhere.
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

/**
 * An invalid body is passed to the store unchanged, which refuses it. The same holds for every other invalid value.
 */
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
