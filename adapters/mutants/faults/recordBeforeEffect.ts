import { replaceView, type Mutant } from '../mutant.ts';

/** The record is stored at once, in a transaction of its own; its effect commits after it. */
export const recordBeforeEffect: Mutant = {
  name: 'record-before-effect',
  origin:
    'The token store has a connection of its own: a process that dies before it commits has answered for nothing.',
  clauses: ['IDEM-12', 'IDEM-09'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const store = adapter.idempotencyStore;
    return store === undefined ? adapter : replaceView(adapter, (view) => ({ ...view, idempotency: store }));
  },
};
