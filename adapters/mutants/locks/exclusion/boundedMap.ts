import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { MOST } from '../../newest.ts';

/** The mutexes of streams, by namespace, in the order in which they were created. */
const mutexes = new Map<string, Map<string, string>>();

/** The mutex of a stream is dropped after a thousand others were created, even if somebody holds it. */
export const thousandMutexes: Mutant = {
  name: 'thousand-mutexes',
  origin: 'A map of mutexes with a maximum size, which drops mutexes in use: the next caller gets a new one.',
  clauses: ['LOCK-01'],
  bases: ['memory'],
  mutate: (adapter, { options }) => {
    const known = mutexes.get(options.namespace) ?? new Map<string, string>();
    mutexes.set(options.namespace, known);
    return replaceLock(adapter, (id, callback, given) => {
      // The reference refuses an invalid id.
      if (typeof id !== 'string' || id === '') return lockOf(adapter)(id, callback, given);
      const mutex = known.get(id) ?? `${id}-${randomUUID()}`;
      known.set(id, mutex);
      const [first] = known.keys();
      if (known.size > MOST && first !== undefined) known.delete(first);
      return lockOf(adapter)(mutex, callback, given);
    });
  },
};
