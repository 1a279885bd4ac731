import { MAX_PAGE_LIMIT } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

export const clampedLookahead: Mutant = {
  name: 'clamped-lookahead',
  origin:
    'LIMIT LEAST($1 + 1, 1000): for the largest page the extra row, which shows that there are more, is cut off, so it counts as the last page.',
  clauses: ['CUR-02'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceLists(adapter, (read) => async (request) => {
      const page = await read(request);
      return request.limit < MAX_PAGE_LIMIT ? page : { items: page.items };
    }),
};
