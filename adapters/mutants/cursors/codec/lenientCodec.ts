import { encodeCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';

/** The decoder accepts any text as a cursor. */
export const lenientCodec: Mutant = {
  name: 'lenient-codec',
  origin: "Buffer.from(cursor, 'base64').toString() never fails: it skips characters and replaces bytes.",
  clauses: ['CUR-08'],
  bases: ['memory'],
  codec: { encodeCursor, decodeCursor: (cursor) => Buffer.from(cursor, 'base64').toString('utf8') },
};
