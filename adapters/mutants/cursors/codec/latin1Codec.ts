import { decodeCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';

/** Cursors encode ids with one byte per character. */
export const latin1Codec: Mutant = {
  name: 'latin1-codec',
  origin: "btoa, or Buffer.from(id, 'latin1'): beyond U+00FF, different ids get the same cursor.",
  clauses: ['CUR-08'],
  bases: ['memory'],
  codec: {
    encodeCursor: (id) => Buffer.from(id, 'latin1').toString('base64'),
    decodeCursor,
  },
};
