import type { Mutant } from '../../mutant.ts';
import { replaceIdempotency } from '../stores.ts';

const LONGEST = 65_536;

/** A body that is too long for the column is not stored, and the section continues without its record. */
export const bestEffortRecord: Mutant = {
  name: 'record-best-effort',
  origin: 'Saving the answer is "best effort": its error is only logged, because the payment succeeded.',
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
