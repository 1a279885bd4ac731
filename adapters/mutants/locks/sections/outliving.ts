import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { codeOf, type LockedView, type StreamStore } from '../../../contract/index.ts';
import { extend, lockOf, replaceLock, replaceView, type Mutant } from '../../mutant.ts';

/** A view whose creations are delayed. If the section is over by then, `instead` is done. */
function late(
  about: Pick<Mutant, 'name' | 'origin'>,
  instead: (
    outside: StreamStore,
    stream: Parameters<StreamStore['create']>[0],
  ) => ReturnType<StreamStore['create']>,
): Mutant {
  return {
    ...about,
    clauses: ['LOCK-18'],
    bases: ['memory', 'postgres'],
    mutate: (adapter) =>
      replaceView(adapter, (view) => {
        const outside = adapter.streamRepository?.streams;
        const { streams } = view;
        if (outside === undefined || streams === undefined) return view;
        const create: StreamStore['create'] = async (stream) => {
          await turn();
          try {
            return await streams.create(stream);
          } catch (error) {
            if (codeOf(error) !== 'CLOSED') throw error;
            return instead(outside, stream);
          }
        };
        return { ...view, streams: { ...streams, create } };
      }),
  };
}

/** A write that the callback did not wait for is made after the rollback, on a client without a transaction. */
export const writeOutlivesSection: Mutant = late(
  {
    name: 'write-outlives-section',
    origin: 'A client.query() without await: it is sent after COMMIT or ROLLBACK, and commits by itself.',
  },
  (outside, stream) => outside.create(stream),
);

/** A write that comes too late is acknowledged but not made. */
export const lateWriteDropped: Mutant = late(
  {
    name: 'late-write-dropped',
    origin: 'The unit of work was flushed: later changes are kept for a flush that never comes.',
  },
  (_, stream) => ({
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...stream,
  }),
);

/** Calls on the instance use the transaction of the section in which they were started, even after its end. */
export const contextOutlivesSection: Mutant = {
  name: 'context-outlives-section',
  origin:
    'The transaction is kept in an AsyncLocalStorage that nobody clears: a job that the handler started still uses it.',
  clauses: ['LOCK-18'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const repository = adapter.streamRepository;
    const streams = repository?.streams;
    if (repository === undefined || streams === undefined) return adapter;
    const around = new AsyncLocalStorage<{ readonly view: LockedView; hasEnded: boolean }>();
    const locking = replaceLock(adapter, async (id, callback, options) => {
      let frame: { readonly view: LockedView; hasEnded: boolean } | undefined;
      try {
        return await lockOf(adapter)(
          id,
          (view) => {
            frame = { view, hasEnded: false };
            return around.run(frame, () => callback(view));
          },
          options,
        );
      } finally {
        if (frame !== undefined) frame.hasEnded = true;
      }
    });
    const create: StreamStore['create'] = (stream) => {
      const frame = around.getStore();
      return (frame?.hasEnded === true ? (frame.view.streams ?? streams) : streams).create(stream);
    };
    return extend(locking, {
      streamRepository: { ...locking.streamRepository, streams: { ...streams, create } },
    });
  },
};
