import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A transaction without a lock. */
export const noLock: Mutant = {
  name: 'no-lock',
  origin:
    'A transaction is used as a lock: under READ COMMITTED, two transactions can read the same row and both write it.',
  clauses: ['LOCK-01', 'STREAM-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(`${id}-${randomUUID()}`, callback, options),
    ),
};
