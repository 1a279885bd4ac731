import { decodeListCursor, encodeListCursor, type ActivityStore } from 'lockstep';
import { field } from './base.ts';

// The cursor's time is converted to a Date, which cuts microseconds to milliseconds.
export default field('millisecond-cursor', (adapter) => {
  const activity = adapter.streamRepository?.activity as ActivityStore;
  return {
    ...adapter,
    streamRepository: {
      ...adapter.streamRepository,
      activity: {
        ...activity,
        async list(request) {
          const page = await activity.list(request);
          if (page.nextCursor === undefined) return page;
          const { timestamp, id } = decodeListCursor(page.nextCursor);
          const rounded = new Date(timestamp).toISOString();
          return { ...page, nextCursor: encodeListCursor({ timestamp: rounded, id }) };
        },
      },
    },
  };
});
