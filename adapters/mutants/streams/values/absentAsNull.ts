import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/** Absent fields are read back as null. */
export const absentAsNull: Mutant = {
  name: 'absent-as-null',
  origin: 'The row as the driver returns it: SQL has one NULL for both.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, { outgoing: (stream) => ({ ...stream, withdrawal: stream.withdrawal ?? null }) }),
};
