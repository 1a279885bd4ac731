import { decodeListCursor, encodeListCursor, type Page } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceOuterStore } from '../../stores.ts';

/** The cursor's time passes through a JavaScript Date, which cuts microseconds. */
export const millisecondCursor: Mutant = {
  name: 'millisecond-cursor',
  origin:
    'pg returns timestamptz as Date; a cursor made from it points before or after the row within the same millisecond.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceOuterStore(adapter, 'activity', (activity) => ({
      ...activity,
      list: async (request) => cutCursor(await activity.list(request)),
    })),
};

function cutCursor<T>(page: Page<T>): Page<T> {
  if (page.nextCursor === undefined) return page;
  const { timestamp, id } = decodeListCursor(page.nextCursor);
  const milliseconds = new Date(timestamp).toISOString();
  return { ...page, nextCursor: encodeListCursor({ timestamp: milliseconds, id }) };
}
