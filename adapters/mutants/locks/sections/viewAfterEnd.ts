import type { LockedView, StorageAdapter } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

type Change = (view: LockedView, adapter: StorageAdapter, hasEnded: () => boolean) => LockedView;

function afterEnd(about: Pick<Mutant, 'name' | 'origin' | 'clauses'>, change: Change): Mutant {
  return {
    ...about,
    bases: ['memory', 'postgres'],
    mutate: (adapter) =>
      replaceLock(adapter, async (id, callback, options) => {
        let hasEnded = false;
        try {
          return await lockOf(adapter)(
            id,
            (view) => callback(change(view, adapter, () => hasEnded)),
            options,
          );
        } finally {
          hasEnded = true;
        }
      }),
  };
}

/** Reads through a view whose section has ended are answered by the pool. */
export const readAfterEnd: Mutant = afterEnd(
  {
    name: 'read-after-end',
    origin:
      'The view is an ORM entity manager that takes another connection after its transaction has ended.',
    clauses: ['LOCK-18'],
  },
  (view, adapter, hasEnded) => {
    const outside = adapter.streamRepository?.streams;
    const { streams } = view;
    if (outside === undefined || streams === undefined) return view;
    return {
      ...view,
      streams: { ...streams, get: (id) => (hasEnded() ? outside.get(id) : streams.get(id)) },
    };
  },
);

/** An event that is appended through a view whose section has ended is written without a lock. */
export const appendAfterEnd: Mutant = afterEnd(
  {
    name: 'append-after-end',
    origin: 'A callback does not await its last write; it is made after the commit, in autocommit mode.',
    clauses: ['LOCK-18'],
  },
  (view, adapter, hasEnded) => {
    const outside = adapter.streamRepository?.activity;
    const { activity } = view;
    if (outside === undefined || activity === undefined) return view;
    return {
      ...view,
      activity: {
        ...activity,
        append: (event) => (hasEnded() ? outside.append(event) : activity.append(event)),
      },
    };
  },
);
