import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** The last page has a cursor, too. The page after it is empty and has the same cursor again. */
export const endlessList: Mutant = {
  name: 'endless-list',
  origin:
    '`nextCursor = items.at(-1)?.cursor ?? request.cursor`: a reader that waits for a page without a cursor never ends.',
  clauses: ['CUR-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, { cursorAt }) => async (request) => {
      const page = await read(request);
      const last = page.items.at(-1);
      const nextCursor = last === undefined ? request.cursor : cursorAt(last);
      return nextCursor === undefined ? page : { ...page, nextCursor };
    }),
};
