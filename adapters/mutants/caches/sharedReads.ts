import { setTimeout as sleep } from 'node:timers/promises';
import type { Awaitable, StreamRecord } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';

/** How long reads take in memory, where there is no storage to wait for, in milliseconds. */
const ANSWER_MS = 2;

/** A read joins a running read of the same record, even if a write has ended since it began. */
export const sharedReads: Mutant = {
  name: 'shared-reads',
  origin:
    'A DataLoader or a single flight for each key: a read after a write joins an unanswered read from before it.',
  clauses: ['STREAM-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter, { base }) =>
    replaceOuterStore(adapter, 'streams', (store) => {
      const underWay = new Map<string, Promise<StreamRecord | undefined>>();
      const ask = async (answer: Awaitable<StreamRecord | undefined>): Promise<StreamRecord | undefined> => {
        const stream = await answer;
        if (base === 'memory') await sleep(ANSWER_MS);
        return stream;
      };
      return {
        ...store,
        get: async (id) => {
          const reading = underWay.get(id) ?? ask(store.get(id)).finally(() => underWay.delete(id));
          underWay.set(id, reading);
          return structuredClone(await reading);
        },
      };
    }),
};
