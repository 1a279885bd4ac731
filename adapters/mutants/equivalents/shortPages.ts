import type { Equivalent } from '../mutant.ts';
import { replaceLists } from '../stores.ts';

/** Pages have half of the requested rows. */
export const shortPages: Equivalent = {
  name: 'short-pages',
  reason: 'A page holds at most `limit` items; only one without a cursor is the last.',
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read) => async (request) => {
      // The reference refuses an invalid limit.
      const isWhole = Number.isInteger(request.limit) && request.limit >= 1 && request.limit <= 1000;
      return read(isWhole ? { ...request, limit: Math.ceil(request.limit / 2) } : request);
    }),
};
