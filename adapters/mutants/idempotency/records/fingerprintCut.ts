import type { Mutant } from '../../mutant.ts';
import { changeRecords } from '../stores.ts';

const KEPT = 32;

/** Half of the fingerprint is kept; a repetition of the same request then looks like another request. */
export const fingerprintCut: Mutant = {
  name: 'fingerprint-cut',
  origin:
    'A column for 32 hex digits, from when the fingerprint was MD5; the writer cuts, the reader does not.',
  clauses: ['IDEM-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeRecords(adapter, (record) => ({
      ...record,
      fingerprint: record.fingerprint.slice(0, KEPT).padEnd(record.fingerprint.length, '0'),
    })),
};
