import type { NewStream, StreamRecord, StreamStore } from '../../../contract/index.ts';
import { flushing } from '../../flushing.ts';
import type { Mutant } from '../../mutant.ts';

/** In a section, a put stream is written at the end of the section, as it is then. */
export const deferredPut: Mutant = {
  name: 'kept-argument',
  origin: 'A unit of work keeps the caller’s object until the flush: changes after put are stored, too.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    flushing(adapter, (view) => {
      const streams = view.streams as StreamStore;
      const pending = new Map<string, NewStream>();
      const put = async (stream: NewStream): Promise<StreamRecord> => {
        const stored = await streams.put(stream);
        pending.set(stream.id, stream);
        return stored;
      };
      const remove = (id: string) => {
        pending.delete(id);
        return streams.delete(id);
      };
      const flush = async (): Promise<void> => {
        for (const stream of pending.values()) await streams.put(stream);
      };
      return { view: { ...view, streams: { ...streams, put, delete: remove } }, flush };
    }),
};
