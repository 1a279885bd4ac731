import { AsyncLocalStorage } from 'node:async_hooks';
import { codeOf, type StorageErrorCode } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

interface Frame {
  isUndone: boolean;
}

/** If a wait within a section fails with `code`, the section is rolled back but resolves. */
function undoneBy(code: StorageErrorCode, about: Pick<Mutant, 'name' | 'origin' | 'clauses'>): Mutant {
  return {
    ...about,
    bases: ['memory', 'postgres'],
    mutate: (adapter) => {
      const around = new AsyncLocalStorage<Frame>();
      return replaceLock(adapter, async (id, callback, options) => {
        const outer = around.getStore();
        const own: Frame = { isUndone: false };
        const undone = new Error('rolled back');
        let value: Awaited<ReturnType<typeof callback>> | undefined;
        try {
          return await lockOf(adapter)(
            id,
            async (view) => {
              value = await around.run(own, () => callback(view));
              if (own.isUndone) throw undone;
              return value;
            },
            options,
          );
        } catch (error) {
          if (error === undone) return value as Awaited<ReturnType<typeof callback>>;
          if (outer !== undefined && codeOf(error) === code) outer.isUndone = true;
          throw error;
        }
      });
    },
  };
}

export const nestedTimeoutUndoes: Mutant = undoneBy('LOCK_TIMEOUT', {
  name: 'nested-timeout-undoes',
  origin:
    'lock_timeout without a savepoint: the failed wait aborts the transaction, and COMMIT answers ROLLBACK without an error.',
  clauses: ['LOCK-13'],
});

export const nestedAbortUndoes: Mutant = undoneBy('ABORTED', {
  name: 'nested-abort-undoes',
  origin:
    'A wait that is cancelled without a savepoint: the outer transaction is aborted, and COMMIT answers ROLLBACK without an error.',
  clauses: ['LOCK-20'],
});
