import { timestampOf, type LockedView } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** Events are stamped with the time at which their section was requested. */
export const requestTime: Mutant = {
  name: 'request-time',
  origin:
    'A middleware stores `receivedAt` in the context, and it is used for all timestamps of the request.',
  clauses: ['ACT-04'],
  bases: ['postgres'],
  mutate: (adapter, { options: { clock } }) =>
    replaceLock(adapter, (id, callback, options) => {
      const timestamp = timestampOf(clock);
      const stamping = (view: LockedView): LockedView => {
        const { activity } = view;
        if (activity === undefined) return view;
        return {
          ...view,
          activity: { ...activity, append: (event) => activity.append({ timestamp, ...event }) },
        };
      };
      return lockOf(adapter)(id, (view) => callback(stamping(view)), options);
    }),
};
