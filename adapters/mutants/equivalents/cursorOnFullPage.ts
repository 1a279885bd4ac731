import type { Equivalent } from '../mutant.ts';
import { replaceLists } from '../stores.ts';

/** Every full page has a cursor, also when nothing is behind it: then the last page is empty. */
export const cursorOnFullPage: Equivalent = {
  name: 'empty-last-page',
  reason:
    'Nobody reads one row more to see if there are more; the page without a cursor is the last, and empty.',
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, { cursorAt }) => async (request) => {
      const page = await read(request);
      const last = page.items.at(-1);
      return last === undefined || page.items.length < request.limit
        ? page
        : { ...page, nextCursor: cursorAt(last) };
    }),
};
