import { randomUUID } from 'node:crypto';
import { codeOf, type LockedView, type StreamStore } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** A put that is stopped by a deadlock is undone alone: whoever swallows its error commits the rest of the section. */
export const putInSavepoint: Mutant = {
  name: 'put-in-savepoint',
  origin:
    'A savepoint around each statement, so that an error does not end the transaction; a deadlock is taken for one of those.',
  clauses: ['TX-05'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const putting =
      (streams: StreamStore): StreamStore['put'] =>
      async (stream) => {
        const within = async (inner: LockedView) => (inner.streams ?? streams).put(stream);
        try {
          return await lockOf(adapter)(randomUUID(), within);
        } catch (error) {
          // Any other error is that of the whole section.
          if (codeOf(error) === 'UNAVAILABLE') throw error;
          return streams.put(stream);
        }
      };
    return replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(
        id,
        (view) => {
          const { streams } = view;
          return callback(
            streams === undefined ? view : { ...view, streams: { ...streams, put: putting(streams) } },
          );
        },
        options,
      ),
    );
  },
};
