import type { LockedView, StreamRecord, StreamStore } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A failed section leaves each stream as it was before the last write, not as it was before the section. */
export const undoOfLastWrite: Mutant = {
  name: 'undo-of-last-write',
  origin: 'An undo log that is a map by id: the second write of a row replaces the saved original.',
  clauses: ['LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      const images = new Map<string, StreamRecord>();
      try {
        return await lockOf(adapter)(id, (view) => callback(logging(view, images)), options);
      } catch (error) {
        const streams = adapter.streamRepository?.streams;
        // The streams that the section created are already gone.
        for (const image of images.values())
          if ((await streams?.get(image.id)) !== undefined) await streams?.put(image);
        throw error;
      }
    }),
};

function logging(view: LockedView, images: Map<string, StreamRecord>): LockedView {
  const streams = view.streams as StreamStore;
  const put: StreamStore['put'] = async (stream) => {
    const before = await streams.get(stream.id);
    if (before !== undefined) images.set(stream.id, before);
    return streams.put(stream);
  };
  return { ...view, streams: { ...streams, put } };
}
