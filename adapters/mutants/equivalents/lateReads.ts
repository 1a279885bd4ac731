import { setTimeout as sleep } from 'node:timers/promises';
import type { Equivalent } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';

const ANSWER_MS = 2;

/** Reads are answered late, possibly with a value that was replaced in the meantime. */
export const lateReads: Equivalent = {
  name: 'late-reads',
  reason: 'A read that began before a write may show what was there before it, whenever it is answered.',
  bases: ['memory'],
  mutate: (adapter) =>
    replaceOuterStore(adapter, 'streams', (store) => ({
      ...store,
      get: async (id) => {
        const stream = await store.get(id);
        await sleep(ANSWER_MS);
        return stream;
      },
    })),
};
