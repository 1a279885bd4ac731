import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** A page that leaves exactly one row behind it has no cursor. */
export const exactPageIsLast: Mutant = {
  name: 'one-row-left-behind',
  origin:
    '`hasMore = total - offset > limit + 1`: the page before the last one, when that holds one row, is the end.',
  clauses: ['CUR-02', 'CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read) => async (request) => {
      const { nextCursor, ...page } = await read(request);
      if (nextCursor === undefined) return page;
      const rest = await read({ ...request, limit: 2, cursor: nextCursor });
      return rest.items.length === 1 ? page : { ...page, nextCursor };
    }),
};
