import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A transaction, and nothing that excludes the next one. */
export const noLock: Mutant = {
  name: 'no-lock',
  origin:
    'A transaction is taken for a lock: READ COMMITTED lets two of them read the same row and both write it.',
  clauses: ['LOCK-01', 'STREAM-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(`${id}-${randomUUID()}`, callback, options),
    ),
};
