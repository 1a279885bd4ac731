import { StorageError, validateStream, type StreamStore } from '../../../contract/index.ts';
import { replaceView, type Mutant } from '../../mutant.ts';

/** An invalid write is refused before the transaction notices it, so the transaction commits the rest. */
export const failedWriteForgotten: Mutant = {
  name: 'failed-write-forgotten',
  origin:
    'The repository validates the record and looks for its id before it sends the INSERT: its own error does not abort the transaction, unlike an error of the database.',
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
