import { LOCKS_ALONE } from '../../leases/alone.ts';
import { lockOf, type Equivalent } from '../../mutant.ts';

/** The lock of the reference without any stores. */
export const lockAlone: Equivalent = {
  name: 'lock-alone',
  reason: 'A lock library has no store to roll back: clauses can only judge whether sections overlap.',
  bases: ['memory'],
  capabilities: LOCKS_ALONE,
  mutate: (adapter) => ({
    streamRepository: { withLock: lockOf(adapter) },
    close: () => adapter.close(),
    [Symbol.asyncDispose]: () => adapter.close(),
  }),
};
