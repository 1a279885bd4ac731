import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** A page has no cursor if exactly one row is left after it. */
export const exactPageIsLast: Mutant = {
  name: 'one-row-left-behind',
  origin: '`hasMore = total - offset > limit + 1`: the last page is lost if it has one row.',
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
