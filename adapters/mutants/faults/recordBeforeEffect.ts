import { replaceView, type Mutant } from '../mutant.ts';

/** The record is stored at once, in a transaction of its own. Its effect commits later. */
export const recordBeforeEffect: Mutant = {
  name: 'record-before-effect',
  origin:
    'The token store has its own connection: a process that dies before the commit has recorded an effect that did not happen.',
  clauses: ['IDEM-12', 'IDEM-09'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    return store === undefined ? adapter : replaceView(adapter, (view) => ({ ...view, idempotency: store }));
  },
};
