import type { NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

const GROWING = ['releasedAmount', 'withdrawnAmount'] as const;

/** Growing amounts are protected against decreasing, but they are compared as texts. */
export const textGreatest: Mutant = {
  name: 'amounts-as-strings',
  origin:
    'GREATEST(released_amount, $1) over text columns, or `a > b` in JavaScript: "999" is greater than "1000".',
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
