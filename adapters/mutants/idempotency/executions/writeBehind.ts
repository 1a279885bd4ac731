import { setTimeout as sleep } from 'node:timers/promises';
import type { IdempotencyRecord } from '../../../contract/index.ts';
import { extend, type Mutant } from '../../mutant.ts';
import { replaceStore } from '../stores.ts';

/** How long a record waits in this process, in milliseconds. */
const DELAY_MS = 5;

/** Records are acknowledged before they are stored. Until then, only this instance shows them. */
export const writeBehind: Mutant = {
  name: 'token-write-behind',
  origin:
    'A write-behind cache in front of the database: the instance answers from its buffer, and others find the token absent.',
  clauses: ['IDEM-01', 'IDEM-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const buffer = new Map<string, IdempotencyRecord>();
    const pending = new Set<Promise<unknown>>();
    const behind = replaceStore(adapter, (store) => ({
      get: (token) => buffer.get(token) ?? store.get(token),
      putIfAbsent: async (record) => {
        const existing = buffer.get(record.token) ?? (await store.get(record.token));
        if (existing !== undefined) return { stored: false, existing };
        const stored = { createdAt: new Date().toISOString(), ...record };
        buffer.set(record.token, stored);
        const written = sleep(DELAY_MS)
          .then(() => store.putIfAbsent(record))
          .catch(() => undefined)
          .finally(() => buffer.delete(record.token));
        pending.add(written);
        void written.finally(() => pending.delete(written));
        return { stored: true, record: stored };
      },
    }));
    return extend(behind, {
      close: async () => {
        await Promise.all(pending);
        await adapter.close();
      },
    });
  },
};
