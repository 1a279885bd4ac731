import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';
import { MOST } from '../../newest.ts';

/** Of each namespace, the mutexes by stream, those that were made first come first. */
const mutexes = new Map<string, Map<string, string>>();

/** The mutex of a stream is dropped when a thousand others were made since, also while somebody holds it. */
export const thousandMutexes: Mutant = {
  name: 'thousand-mutexes',
  origin:
    'A map of mutexes that must not grow for ever, bounded by the size and not by their use: the next caller gets a new one.',
  clauses: ['LOCK-01'],
  bases: ['memory'],
  mutate: (adapter, { options }) => {
    const known = mutexes.get(options.namespace) ?? new Map<string, string>();
    mutexes.set(options.namespace, known);
    return replaceLock(adapter, (id, callback, given) => {
      // What is no id is refused.
      if (typeof id !== 'string' || id === '') return lockOf(adapter)(id, callback, given);
      const mutex = known.get(id) ?? `${id}-${randomUUID()}`;
      known.set(id, mutex);
      const [first] = known.keys();
      if (known.size > MOST && first !== undefined) known.delete(first);
      return lockOf(adapter)(mutex, callback, given);
    });
  },
};
