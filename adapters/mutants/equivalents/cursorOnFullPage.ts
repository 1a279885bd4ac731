import type { Equivalent } from '../mutant.ts';
import { replaceLists } from '../stores.ts';

/** Every full page has a cursor, even if no row comes after it. Then the last page is empty. */
export const cursorOnFullPage: Equivalent = {
  name: 'empty-last-page',
  reason:
    'No extra row is read to find out whether there are more; the page without a cursor is the last, and empty.',
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
