import { replaceView, type Mutant } from '../../mutant.ts';

/** Lists of streams through a view do not show what its section has written. */
export const viewStreamListOutside: Mutant = {
  name: 'view-streams-unflushed',
  origin: 'Writes are buffered until the commit, and lists read the storage without flushing the buffer.',
  clauses: ['STREAM-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const outside = adapter.streamRepository?.streams;
    if (outside === undefined) return adapter;
    return replaceView(adapter, (view) =>
      view.streams === undefined
        ? view
        : {
            ...view,
            streams: {
              ...view.streams,
              list: (request) => outside.list(request),
              scan: (request) => outside.scan(request),
            },
          },
    );
  },
};
