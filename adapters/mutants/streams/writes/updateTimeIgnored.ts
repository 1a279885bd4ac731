import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/** A given time of update is replaced by that of the storage. */
export const updateTimeIgnored: Mutant = {
  name: 'update-time-ignored',
  origin: 'A trigger `SET NEW.updated_at = now()`: migrations and restores change the time of every record.',
  clauses: ['STREAM-07'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      incoming: ({ updatedAt: _updatedAt, ...stream }) => stream,
    }),
};
