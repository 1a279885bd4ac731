import type { Mutant } from '../../mutant.ts';
import { replaceIdempotency } from '../stores.ts';

const LONGEST = 65_536;

/** A body that is too long for the column is not stored, and the section goes on without its record. */
export const bestEffortRecord: Mutant = {
  name: 'record-best-effort',
  origin: 'Saving the answer is "best effort": its error is logged, since the payment itself went through.',
  clauses: ['IDEM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceIdempotency(adapter, (inner) => ({
      insert: (record) =>
        record.body.length < LONGEST
          ? inner.insert(record)
          : { ...record, createdAt: record.createdAt ?? new Date().toISOString() },
    })),
};
