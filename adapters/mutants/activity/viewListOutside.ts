import { replaceView, type Mutant } from '../mutant.ts';

/** Lists of activity through a view do not see what its section has appended. */
export const viewListOutside: Mutant = {
  name: 'view-list-unflushed',
  origin: 'Appends are buffered until the commit, and lists read the storage without flushing the buffer.',
  clauses: ['ACT-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const outside = adapter.streamRepository?.activity;
    if (outside === undefined) return adapter;
    return replaceView(adapter, (view) =>
      view.activity === undefined
        ? view
        : {
            ...view,
            activity: {
              ...view.activity,
              list: (request) => outside.list(request),
              scan: (request) => outside.scan(request),
            },
          },
    );
  },
};
