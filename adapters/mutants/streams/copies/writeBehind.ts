import { setTimeout as sleep } from 'node:timers/promises';
import type { Mutant } from '../../mutant.ts';
import { replaceOuterStore } from '../../stores.ts';

/** How long a write stays in the queue, in milliseconds. */
const DELAY_MS = 2;

/** A put outside of sections resolves when it is queued, and is stored a moment later. */
export const writeBehind: Mutant = {
  name: 'write-behind',
  origin: 'Writes go through a queue to answer quickly, and the caller reads before the queue is empty.',
  clauses: ['STREAM-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceOuterStore(adapter, 'streams', (store) => ({
      ...store,
      put: async (stream) => {
        const stored = await store.get(stream.id);
        if (stored === undefined) return store.put(stream);
        // An invalid stream is refused at once.
        const { createdAt: _created, ...probe } = stream;
        const given = structuredClone(stream);
        void sleep(DELAY_MS).then(
          () => store.put(given),
          () => undefined,
        );
        return { ...probe, createdAt: stored.createdAt, updatedAt: stored.updatedAt };
      },
    })),
};
