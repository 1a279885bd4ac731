import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** Cursors are decoded like Node decodes base64: invalid characters are skipped. */
export const lenientCursor: Mutant = {
  name: 'lenient-cursor',
  origin:
    "Buffer.from(cursor, 'base64') accepts missing padding, spaces and the URL-safe alphabet, and never fails.",
  clauses: ['CUR-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read) => async (request) => {
      const { cursor } = request;
      if (typeof cursor !== 'string') return read(request);
      return read({ ...request, cursor: Buffer.from(cursor, 'base64').toString('base64') });
    }),
};
