import type { NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

const KNOWN = [
  'id',
  'recipient',
  'rate',
  'schedule',
  'status',
  'token',
  'totalAmount',
  'releasedAmount',
  'withdrawnAmount',
  'revision',
  'nextAction',
  'settlementTxHash',
  'withdrawal',
  'createdAt',
  'updatedAt',
];

/** Fields that the contract does not name are dropped. */
export const knownFieldsOnly: Mutant = {
  name: 'known-fields-only',
  origin: 'A table with a column for each known field, and none for the others.',
  clauses: ['STREAM-09'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      incoming: (stream) =>
        Object.fromEntries(Object.entries(stream).filter(([name]) => KNOWN.includes(name))) as NewStream,
    }),
};
