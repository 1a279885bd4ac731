import { replaceView, type Mutant } from '../../mutant.ts';

/** Inside the callback streams are read and written through the pool instead of the section's connection. */
export const poolQueryInCallback: Mutant = {
  name: 'pool-query-in-callback',
  origin:
    'The callback ignores its transaction and asks the pool: not rolled back, and with as many holders as the pool has connections everybody waits forever.',
  clauses: ['LOCK-14'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const streams = adapter.streamRepository?.streams;
    return streams === undefined ? adapter : replaceView(adapter, (view) => ({ ...view, streams }));
  },
};
