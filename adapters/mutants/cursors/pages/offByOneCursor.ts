import { MAX_PAGE_LIMIT } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** The cursor names the first row of the next page, but the next page begins after that row. */
export const offByOneCursor: Mutant = {
  name: 'off-by-one-cursor',
  origin:
    'One extra row is read to find out whether there are more, and that row becomes the cursor of a `>`.',
  clauses: ['CUR-01', 'CUR-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, { cursorAt }) => async (request) => {
      const { limit } = request;
      if (limit >= MAX_PAGE_LIMIT) return read(request);
      const { items } = await read({ ...request, limit: limit + 1 });
      const extra = items[limit];
      return extra === undefined ? { items } : { items: items.slice(0, limit), nextCursor: cursorAt(extra) };
    }),
};
