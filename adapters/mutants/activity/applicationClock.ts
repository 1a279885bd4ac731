/** Events are stamped by a clock of the instance instead of the storage's clock. */
import { timestampOf, type Clock, type OpenOptions } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

function stampedBy(about: Pick<Mutant, 'name' | 'origin'>, clockOf: (options: OpenOptions) => Clock): Mutant {
  return {
    ...about,
    clauses: ['ACT-04'],
    bases: ['postgres'],
    mutate: (adapter, { options }) =>
      replaceStore(adapter, 'activity', (store) => ({
        ...store,
        append: (event) => store.append({ timestamp: timestampOf(clockOf(options)), ...event }),
      })),
  };
}

export const applicationClock: Mutant = stampedBy(
  {
    name: 'application-clock',
    origin:
      'The clock that an instance is given: clocks of machines differ by more than a lock needs to change hands.',
  },
  ({ clock }) => clock,
);

export const processClock: Mutant = stampedBy(
  {
    name: 'process-clock',
    origin:
      'new Date() in each process: clocks of machines differ by more than a lock needs to change hands.',
  },
  () => () => Date.now(),
);
