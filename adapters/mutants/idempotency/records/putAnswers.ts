/** putIfAbsent that gives the loser of a race another record than the stored one. */
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../stores.ts';

export const putBothStored: Mutant = {
  name: 'put-both-stored',
  origin: 'INSERT ... ON CONFLICT DO NOTHING, and nobody checks the number of rows.',
  clauses: ['IDEM-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      putIfAbsent: async (record) => {
        const existing = await store.get(record.token);
        if (existing !== undefined) return { stored: false, existing };
        const result = await store.putIfAbsent(record);
        return { stored: true, record: result.stored ? result.record : result.existing };
      },
    })),
};

export const putLoserAbsent: Mutant = {
  name: 'put-loser-absent',
  origin:
    'The upsert-or-select CTE: its SELECT has a snapshot from before the wait for the other insert, so it returns no row.',
  clauses: ['IDEM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      putIfAbsent: async (record) => {
        const before = await store.get(record.token);
        const result = await store.putIfAbsent(record);
        if (result.stored) return result;
        return { stored: false, existing: before } as typeof result;
      },
    })),
};

export const putLoserOwn: Mutant = {
  name: 'put-loser-own',
  origin: 'DO UPDATE SET token = excluded.token RETURNING $2 AS body: the loser reads back what it sent.',
  clauses: ['IDEM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      putIfAbsent: async (record) => {
        const result = await store.putIfAbsent(record);
        if (result.stored) return result;
        const { body, status } = record;
        return { stored: false, existing: { ...result.existing, body, status } };
      },
    })),
};
