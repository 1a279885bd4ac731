import { timestampOf } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

/** Events are stamped with the clock of the instance that appends them. */
export const applicationClock: Mutant = {
  name: 'application-clock',
  origin: 'new Date() in each process: clocks of machines differ by more than a lock takes to change hands.',
  clauses: ['ACT-04'],
  bases: ['postgres'],
  mutate: (adapter, { options: { clock } }) =>
    replaceStore(adapter, 'activity', (store) => ({
      ...store,
      append: (event) => store.append({ timestamp: timestampOf(clock), ...event }),
    })),
};
