import type { LockedView, StreamRecord } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** The state that decides about an effect is read before the lock, and the effect is then written unconditionally. */
export const unconditionalSettle: Mutant = {
  name: 'unconditional-settle',
  origin:
    "The route checks the status, and `UPDATE … SET status = 'ended' WHERE id = $1` has no condition on it.",
  clauses: ['STREAM-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const streams = adapter.streamRepository?.streams;
    if (streams === undefined) return adapter;
    return replaceLock(adapter, async (id, callback, options) => {
      const early = await streams.get(id);
      return lockOf(adapter)(id, (view) => callback(withEarly(view, early)), options);
    });
  },
};

function withEarly(view: LockedView, early: StreamRecord | undefined): LockedView {
  const { streams } = view;
  if (streams === undefined || early === undefined) return view;
  let isFresh = false;
  return {
    ...view,
    streams: {
      ...streams,
      get: (id) => (id === early.id && !isFresh ? early : streams.get(id)),
      put: (stream) => {
        isFresh ||= stream.id === early.id;
        return streams.put(stream);
      },
    },
  };
}
