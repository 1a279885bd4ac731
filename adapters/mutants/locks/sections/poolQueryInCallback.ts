import { replaceView, type Mutant } from '../../mutant.ts';

/** Within the callback, streams are read and written through the pool instead of the connection of the section. */
export const poolQueryInCallback: Mutant = {
  name: 'pool-query-in-callback',
  origin:
    'The callback ignores its transaction and uses the pool: nothing is rolled back, and with as many holders as connections everybody waits forever.',
  clauses: ['LOCK-14'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const streams = adapter.streamRepository?.streams;
    return streams === undefined ? adapter : replaceView(adapter, (view) => ({ ...view, streams }));
  },
};
