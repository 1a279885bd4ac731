import type { LockedView, NewStream, StreamStore } from '../../../contract/index.ts';
import { replaceView, type Mutant } from '../../mutant.ts';

const BATCH = 100;

/** Of the streams that a section creates, those after the hundredth are acknowledged but not stored. */
export const batchOfAHundred: Mutant = {
  name: 'batch-of-a-hundred',
  origin:
    'Writes are buffered and sent as one batch; those that the storage returns as unprocessed are not sent again.',
  clauses: ['TX-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => replaceView(adapter, batching),
};

function batching(view: LockedView): LockedView {
  const streams = view.streams as StreamStore;
  let created = 0;
  const create: StreamStore['create'] = (stream: NewStream) => {
    created += 1;
    const now = new Date().toISOString();
    return created > BATCH ? { createdAt: now, updatedAt: now, ...stream } : streams.create(stream);
  };
  return { ...view, streams: { ...streams, create } };
}
