import type { IdempotencyRecord } from '../../../contract/index.ts';
import { holding } from '../../holding.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceIdempotency } from '../stores.ts';

export const liveRecords: Mutant = {
  name: 'live-replay-records',
  origin: 'const record = cache.get(key); record.status = 202: the next replay has another status.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const show = holding(({ token, createdAt }: IdempotencyRecord) => `${token} ${createdAt}`);
    return replaceIdempotency(adapter, (inner) => ({
      get: async (token) => {
        const record = await inner.get(token);
        return record === undefined ? undefined : show(record);
      },
    }));
  },
};
