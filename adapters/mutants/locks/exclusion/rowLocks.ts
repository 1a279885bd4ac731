import { randomUUID } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** A wait with a timeout polls the row of the stream, which may not exist. */
export const boundedNeedsRow: Mutant = {
  name: 'bounded-needs-row',
  origin:
    'withLock with a timeout is another code path: FOR UPDATE NOWAIT in a loop, which locks only existing rows.',
  clauses: ['LOCK-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      const bare =
        options?.timeoutMs !== undefined && (await adapter.streamRepository?.streams?.get(id)) === undefined;
      return lockOf(adapter)(bare ? `${id}-${randomUUID()}` : id, callback, options);
    }),
};
