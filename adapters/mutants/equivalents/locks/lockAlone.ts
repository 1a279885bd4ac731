import { LOCKS_ALONE } from '../../leases/alone.ts';
import { lockOf, type Equivalent } from '../../mutant.ts';

/** The lock of the reference, and nothing else. */
export const lockAlone: Equivalent = {
  name: 'lock-alone',
  reason: 'A library of locks has no store to undo: what it must keep apart are the sections themselves.',
  bases: ['memory'],
  capabilities: LOCKS_ALONE,
  mutate: (adapter) => ({
    streamRepository: { withLock: lockOf(adapter) },
    close: () => adapter.close(),
    [Symbol.asyncDispose]: () => adapter.close(),
  }),
};
