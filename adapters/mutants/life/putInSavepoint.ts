import { randomUUID } from 'node:crypto';
import { codeOf, type LockedView, type StreamStore } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/**
 * If a deadlock stops a put, only the put is rolled back. A callback that swallows its error commits the rest of the
 * section.
 */
export const putInSavepoint: Mutant = {
  name: 'put-in-savepoint',
  origin:
    'A savepoint around each statement, so that an error does not end the transaction; a deadlock is treated like any error.',
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
          // Any other error fails the whole section.
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
