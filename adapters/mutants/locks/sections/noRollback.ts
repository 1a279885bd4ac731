import type { LockedView, LockOptions } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** The writes of a callback that throws are committed. Its error is still rethrown. */
export const noRollbackOnThrow: Mutant = {
  name: 'no-rollback-on-throw',
  origin: 'COMMIT in the finally block, or writes that were never in a transaction.',
  clauses: ['LOCK-02', 'TX-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) => committing(lockOf(adapter), id, callback, options)),
};

async function committing<T>(
  withLock: ReturnType<typeof lockOf>,
  id: string,
  callback: (view: LockedView) => Promise<T>,
  options?: LockOptions,
): Promise<T> {
  const caught = async (view: LockedView): Promise<Outcome<T>> => {
    try {
      return { value: await callback(view) };
    } catch (error) {
      return { error };
    }
  };
  const outcome = await withLock(id, caught, options);
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
