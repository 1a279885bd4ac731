import type { StreamRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/** Null fields are read back as absent. */
export const nullDropped: Mutant = {
  name: 'null-as-absent',
  origin: 'A nullable column, or `if (value != null)` when the record is built.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      outgoing: (stream) =>
        Object.fromEntries(Object.entries(stream).filter(([, value]) => value !== null)) as StreamRecord,
    }),
};
