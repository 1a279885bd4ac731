import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A wait that has a bound polls the stream's row, and there may be none. */
export const boundedNeedsRow: Mutant = {
  name: 'bounded-needs-row',
  origin:
    'withLock with a time-out is another code path: FOR UPDATE NOWAIT in a loop, which locks rows alone.',
  clauses: ['LOCK-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      const bare =
        options?.timeoutMs !== undefined && (await adapter.streamRepository?.streams?.get(id)) === undefined;
      return lockOf(adapter)(bare ? `${id}-${randomUUID()}` : id, callback, options);
    }),
};
