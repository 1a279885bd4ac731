import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** The storage's own limit of a page, which the caller does not know. */
const CAP = 100;

export const cappedPage: Mutant = {
  name: 'capped-page',
  origin: 'LIMIT LEAST($1, 100), and a page that is shorter than requested counts as the last one.',
  clauses: ['CUR-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read) => async (request) => {
      const { limit } = request;
      // The reference refuses an invalid limit.
      if (!Number.isInteger(limit) || limit <= CAP || limit > 1000) return read(request);
      const { items } = await read({ ...request, limit: CAP });
      return { items };
    }),
};
