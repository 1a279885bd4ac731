import { randomUUID } from 'node:crypto';
import { KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

const mutex = new KeyedMutex();

/** The lock lives in a module-level Map: correct in one process, absent between two. */
export const moduleMutex: Mutant = {
  name: 'module-mutex',
  origin:
    'The lock of the in-memory adapter is kept when the records move to a database and a second process starts.',
  clauses: ['LOCK-01'],
  bases: ['postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      mutex.run(id, () => lockOf(adapter)(`${id}-${randomUUID()}`, callback, options)),
    ),
};
