import { StorageError, validateStream, type StreamStore } from '../../../contract/index.ts';
import { replaceView, type Mutant } from '../../mutant.ts';

/** What is wrong with a write is found out before the transaction hears of it, and so it commits the rest. */
export const failedWriteForgotten: Mutant = {
  name: 'failed-write-forgotten',
  origin:
    'The repository validates and looks for the id before it sends the INSERT: its own error does not fail the transaction as the database’s would.',
  clauses: ['LOCK-18'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceView(adapter, (view) =>
      view.streams === undefined ? view : { ...view, streams: lookingFirst(view.streams) },
    ),
};

function lookingFirst(streams: StreamStore): StreamStore {
  return {
    ...streams,
    create: async (stream) => {
      validateStream(stream);
      if ((await streams.get(stream.id)) !== undefined) {
        throw new StorageError('ALREADY_EXISTS', `Expected a new id, got ${stream.id}.`, {
          details: { surface: 'streams', id: stream.id },
        });
      }
      return streams.create(stream);
    },
    put: async (stream) => {
      validateStream(stream);
      if ((await streams.get(stream.id)) === undefined)
        throw new StorageError('NOT_FOUND', `Expected a stored stream, got ${stream.id}.`);
      return streams.put(stream);
    },
  };
}
