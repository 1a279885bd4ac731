import { replaceView, type Mutant } from '../mutant.ts';

/** The activity event of a section is written at once, outside of its transaction. */
export const eventOutsideTransaction: Mutant = {
  name: 'event-outside-transaction',
  origin:
    'The activity log is another service or another pool: an event stays although its change was rolled back.',
  clauses: ['ACT-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const activity = adapter.streamRepository?.activity;
    return activity === undefined ? adapter : replaceView(adapter, (view) => ({ ...view, activity }));
  },
};
