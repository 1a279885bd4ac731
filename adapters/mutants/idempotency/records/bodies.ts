/** Stored bodies that are read back changed. */
import type { Mutant } from '../../mutant.ts';
import { changeBodies, changeRecords } from '../stores.ts';

export const bodyTrimmed: Mutant = {
  name: 'body-trimmed',
  origin:
    'A schema with trim() on every string, or a char(n) column, removes the white space around the body.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => changeBodies(adapter, (body) => body.trim()),
};

export const bodyLatin1: Mutant = {
  name: 'body-latin1',
  origin: 'Buffer.from(body, "latin1") before a bytea column: characters beyond U+00FF lose their high byte.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => changeBodies(adapter, (body) => Buffer.from(body, 'latin1').toString('latin1')),
};

const CUT_BYTES = 65_535;

export const bodyCut: Mutant = {
  name: 'body-cut',
  origin: 'A TEXT column of 65,535 bytes in a database that cuts with a warning.',
  clauses: ['IDEM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeBodies(adapter, (body) =>
      Buffer.byteLength(body) > CUT_BYTES ? Buffer.from(body).subarray(0, CUT_BYTES).toString() : body,
    ),
};

export const bodyNormalized: Mutant = {
  name: 'body-normalized',
  origin: 'Texts are normalized to NFC before they are stored, so that searches find them.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => changeBodies(adapter, (body) => body.normalize('NFC')),
};

export const bodyNewline: Mutant = {
  name: 'body-newline',
  origin: 'A line-based file store removes the line break at the end.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => changeBodies(adapter, (body) => body.replace(/\r?\n$/, '')),
};

export const statusFolded: Mutant = {
  name: 'status-folded',
  origin: 'A column "succeeded boolean": every success is replayed as 200.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeRecords(adapter, (record) =>
      record.status > 200 && record.status < 300 ? { ...record, status: 200 } : record,
    ),
};
