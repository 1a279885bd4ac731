import { decodeListCursor, encodeListCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** Texts that sort before and after every id in use. */
const LOWEST = '\u0001';
const HIGHEST = '\u{10FFFF}'.repeat(200);

/** The next page begins after the time of the cursor, so other rows with the same time are skipped. */
export const timestampOnlyCursor: Mutant = {
  name: 'timestamp-only-cursor',
  origin: '`WHERE created_at > $1`: assumes that no two rows have the same time.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, { by, latestFirst }) => async (request) => {
      if (by === 'id' || request.cursor === undefined) return read(request);
      const { timestamp } = decodeListCursor(request.cursor);
      return read({
        ...request,
        cursor: encodeListCursor({ timestamp, id: latestFirst ? LOWEST : HIGHEST }),
      });
    }),
};
