/** Records and claims that exceed the size, lifetime or number that their storage can hold. */
import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { Newest } from '../../newest.ts';
import { changeRecords, replaceClaims, replaceIdempotency } from '../stores.ts';

/** The longest time that a timer takes. A longer one counts as one millisecond. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const timerExpiry: Mutant = {
  name: 'timer-expiry',
  origin:
    'cache.delete(token), ttlMs): beyond => setTimeout(() => cache.delete(token), ttlMs): beyond 2^31 ms it fires at once, and a record of 30 days is gone.',
  clauses: ['IDEM-08'],
  bases: ['memory'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    return replaceIdempotency(adapter, (inner) => ({
      insert: async (record) => {
        const stored = await inner.insert(record);
        if (record.ttlMs !== undefined && record.ttlMs > MAX_TIMER_MS)
          setTimeout(() => void store?.delete(record.token), 1).unref();
        return stored;
      },
    }));
  },
};

export const claimOfATimer: Mutant = {
  name: 'claim-of-a-timer',
  origin:
    'A timer ends the claim: with a lease beyond 2^31 ms it fires at once, and the request is executed twice.',
  clauses: ['IDEM-05'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceClaims(adapter, (store) => ({
      begin: (token, fingerprint, leaseMs) =>
        store.begin(token, fingerprint, leaseMs > MAX_TIMER_MS ? 1 : leaseMs),
    })),
};

/** The largest item of DynamoDB. */
const MAX_ITEM_BYTES = 400 * 1024;

export const largeBodyDropped: Mutant = {
  name: 'large-body-dropped',
  origin:
    'An answer beyond the largest item (400 KB) is not stored, "because it is too large", and a retry is executed.',
  clauses: ['IDEM-07'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceIdempotency(adapter, (inner) => ({
      insert: (record) =>
        typeof record?.body === 'string' && record.body.length > MAX_ITEM_BYTES
          ? { createdAt: '2026-01-31T08:15:00.000Z', ...record }
          : inner.insert(record),
    })),
};

/** Only the records of the newest tokens are kept. */
export const thousandRecords: Mutant = {
  name: 'thousand-records',
  origin: 'new LRUCache({ max: 1000 }) as the store: after a thousand others, a retry is executed again.',
  clauses: ['IDEM-06'],
  bases: ['memory'],
  mutate: (adapter, { options }) => {
    const newest = new Newest(options.namespace);
    return replaceIdempotency(adapter, (inner) => ({
      get: async (token) => {
        const record = await inner.get(token);
        return record !== undefined && newest.hasForgotten(token) ? undefined : record;
      },
      insert: async (record) => {
        const stored = await inner.insert(record);
        newest.add(record.token);
        return stored;
      },
    }));
  },
};

/** Only the newest running executions are kept. */
export const thousandExecutions: Mutant = {
  name: 'thousand-executions',
  origin:
    'Running executions are kept in an LRU cache: after a thousand others, a slow one is started a second time.',
  clauses: ['IDEM-01'],
  bases: ['memory'],
  mutate: (adapter, { options }) => {
    const newest = new Newest(options.namespace);
    return replaceClaims(adapter, (store) => ({
      begin: async (token, fingerprint, leaseMs) => {
        const begun = await store.begin(token, fingerprint, leaseMs);
        if (begun.outcome === 'inProgress' && newest.hasForgotten(token))
          return { outcome: 'started', claim: `again-${token}` };
        if (begun.outcome === 'started') newest.add(token);
        return begun;
      },
    }));
  },
};

export const informationalRefused: Mutant = {
  name: 'informational-refused',
  origin: 'CHECK (status BETWEEN 200 AND 599): no handler answers with 103, until one does.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeRecords(adapter, (record) => {
      if (record.status < 200) throw new StorageError('INVALID_RECORD', 'Expected a final status.');
      return record;
    }),
};
