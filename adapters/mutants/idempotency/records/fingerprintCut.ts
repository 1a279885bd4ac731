import type { Mutant } from '../../mutant.ts';
import { changeRecords } from '../stores.ts';

const KEPT = 32;

/** Only half of the fingerprint is stored, so a repetition looks like another request. */
export const fingerprintCut: Mutant = {
  name: 'fingerprint-cut',
  origin: 'A column for 32 hex digits, made for MD5 fingerprints: writes are cut, comparisons are not.',
  clauses: ['IDEM-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeRecords(adapter, (record) => ({
      ...record,
      fingerprint: record.fingerprint.slice(0, KEPT).padEnd(record.fingerprint.length, '0'),
    })),
};
