import type { NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

const GROWING = ['releasedAmount', 'withdrawnAmount'] as const;

/** Amounts that only grow are guarded against going back, but compared as the texts that they are. */
export const textGreatest: Mutant = {
  name: 'amounts-as-strings',
  origin: 'GREATEST(released_amount, $1) over text columns, or `a > b` in JavaScript: "999" is above "1000".',
  clauses: ['STREAM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      put: async (stream) => {
        const stored = await store.get(stream.id);
        if (stored === undefined) return store.put(stream);
        const kept = GROWING.filter((name) => stored[name] > stream[name]);
        return store.put({
          ...stream,
          ...(Object.fromEntries(kept.map((name) => [name, stored[name]])) as Partial<NewStream>),
        });
      },
    })),
};
