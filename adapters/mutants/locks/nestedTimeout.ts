import { AsyncLocalStorage } from 'node:async_hooks';
import { codeOf } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

interface Frame {
  hasTimedOut: boolean;
}

/** A section within which a wait was in vain is rolled back, and resolves. */
export const nestedTimeoutUndoes: Mutant = {
  name: 'nested-timeout-undoes',
  origin:
    'lock_timeout without a savepoint: the wait that fails ends the transaction, and COMMIT answers ROLLBACK, which is no error.',
  clauses: ['LOCK-13'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const around = new AsyncLocalStorage<Frame>();
    return replaceLock(adapter, async (id, callback, options) => {
      const outer = around.getStore();
      const own: Frame = { hasTimedOut: false };
      const undone = new Error('rolled back');
      let value: Awaited<ReturnType<typeof callback>> | undefined;
      try {
        return await lockOf(adapter)(
          id,
          async (view) => {
            value = await around.run(own, () => callback(view));
            if (own.hasTimedOut) throw undone;
            return value;
          },
          options,
        );
      } catch (error) {
        if (error === undone) return value as Awaited<ReturnType<typeof callback>>;
        if (outer !== undefined && codeOf(error) === 'LOCK_TIMEOUT') outer.hasTimedOut = true;
        throw error;
      }
    });
  },
};
