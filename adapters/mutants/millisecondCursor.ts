import {
  decodeListCursor,
  encodeListCursor,
  type ActivityStore,
  type Page,
  type StorageAdapter,
} from '../contract/index.ts';
import { extend, type Mutant } from './mutant.ts';

/** The cursor's time passes through a JavaScript Date, which cuts microseconds. */
export const millisecondCursor: Mutant = {
  name: 'millisecond-cursor',
  origin:
    'pg gives timestamptz as Date; the cursor made from it points before or behind the row in the same millisecond.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter: StorageAdapter) => {
    const repository = adapter.streamRepository;
    const activity = repository?.activity;
    if (repository === undefined || activity === undefined) return adapter;
    const cut: ActivityStore = {
      append: (event) => activity.append(event),
      scan: (request) => activity.scan(request),
      list: async (request) => cutCursor(await activity.list(request)),
    };
    return extend(adapter, { streamRepository: { ...repository, activity: cut } });
  },
};

function cutCursor<T>(page: Page<T>): Page<T> {
  if (page.nextCursor === undefined) return page;
  const { timestamp, id } = decodeListCursor(page.nextCursor);
  const milliseconds = new Date(timestamp).toISOString();
  return { ...page, nextCursor: encodeListCursor({ timestamp: milliseconds, id }) };
}
