/** Records and claims that are larger, or last longer, than what keeps them can hold. */
import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { Newest } from '../../newest.ts';
import { changeRecords, replaceClaims, replaceIdempotency } from '../stores.ts';

/** A timer takes a longer time for one millisecond. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const timerExpiry: Mutant = {
  name: 'timer-expiry',
  origin:
    'setTimeout(() => cache.delete(token), ttlMs): beyond 2^31 ms it fires at once, and a 30-day record is gone.',
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
    'A timer ends the claim: with a lease beyond 2^31 ms it does so at once, and the request executes twice.',
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
    'An answer beyond the largest item (400 KB) is not cached "since it is too large", and the client’s retry executes.',
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

/** The records of the newest tokens are kept, the older ones forgotten. */
export const thousandRecords: Mutant = {
  name: 'thousand-records',
  origin:
    'new LRUCache({ max: 1000 }) as the store: a retry that comes behind a thousand others executes again.',
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

/** Of executions under way, the newest are kept. */
export const thousandExecutions: Mutant = {
  name: 'thousand-executions',
  origin: 'Executions under way in an LRU cache: behind a thousand others a slow one is begun a second time.',
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
