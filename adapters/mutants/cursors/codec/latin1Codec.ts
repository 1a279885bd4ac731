import { decodeCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';

/** Cursors of ids are made from one byte a character. */
export const latin1Codec: Mutant = {
  name: 'latin1-codec',
  origin: "btoa, or Buffer.from(id, 'latin1'): above U+00FF different ids have one cursor.",
  clauses: ['CUR-08'],
  bases: ['memory'],
  codec: {
    encodeCursor: (id) => Buffer.from(id, 'latin1').toString('base64'),
    decodeCursor,
  },
};
