import { randomUUID } from 'node:crypto';
import { KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

const mutex = new KeyedMutex();

/** The lock is in a Map of the module. It works within one process, but not between processes. */
export const moduleMutex: Mutant = {
  name: 'module-mutex',
  origin:
    'The lock of the in-memory adapter stays in use when the records move to a database and a second process starts.',
  clauses: ['LOCK-01'],
  bases: ['postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      mutex.run(id, () => lockOf(adapter)(`${id}-${randomUUID()}`, callback, options)),
    ),
};
