/** Errors of the callback are treated like errors of the storage or the wait, or like the end of its work. */
import { StorageError, isStorageError } from '../../../contract/index.ts';
import { KeyedMutex, lockOf, replaceLock, type Mutant } from '../../mutant.ts';

const about = { clauses: ['LOCK-02'], bases: ['memory', 'postgres'] } satisfies Partial<Mutant>;

/** Every error that leaves the section is translated, whoever threw it. */
export const ownErrorTranslated: Mutant = {
  ...about,
  name: 'own-error-translated',
  origin:
    'catch (error) { throw translate(error) } around the section: the callback’s request to another service fails with ECONNRESET or a TimeoutError, and the caller is told that the storage is unavailable.',
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      try {
        return await lockOf(adapter)(id, callback, options);
      } catch (error) {
        if (isStorageError(error)) throw error;
        const { code, name } = (error ?? {}) as { readonly code?: string; readonly name?: string };
        if (code?.startsWith('ECONN') === true || name === 'TimeoutError')
          throw new StorageError('UNAVAILABLE', 'Expected an answer of the storage.', { cause: error });
        throw error;
      }
    }),
};

/** An error of a subclass of Error counts as a result: the earlier writes are committed. */
export const checkedErrorsCommit: Mutant = {
  ...about,
  name: 'checked-errors-commit',
  origin: '@Transactional rolls back only for unchecked exceptions: a refusal with its own class commits.',
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      const refusals: unknown[] = [];
      const value = await lockOf(adapter)(
        id,
        async (view) => {
          try {
            return await callback(view);
          } catch (error) {
            if (!(error instanceof Error) || isStorageError(error) || error.constructor === Error)
              throw error;
            refusals.push(error);
            return undefined as never;
          }
        },
        options,
      );
      if (refusals.length > 0) throw refusals[0];
      return value;
    }),
};

/** Every error with a retryable code makes the section run again, including the callback's own errors. */
export const ownErrorRetried: Mutant = {
  ...about,
  name: 'own-error-retried',
  origin:
    'retry(transaction, { when: (error) => error.retryable }): another service was UNAVAILABLE to the callback, which runs three times.',
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      let thrown: unknown;
      const noting: typeof callback = async (view) => {
        try {
          return await callback(view);
        } catch (error) {
          thrown = error;
          throw error;
        }
      };
      for (let run = 1; ; run += 1) {
        try {
          return await lockOf(adapter)(id, noting, options);
        } catch (error) {
          const isOwn = error === thrown && isStorageError(error) && error.code === 'UNAVAILABLE';
          if (!isOwn || run === 3) throw error;
        }
      }
    }),
};

/** If a callback throws before it returns a promise, the lock is not released. */
export const thrownAtOnceKeepsLock: Mutant = {
  ...about,
  name: 'thrown-at-once-keeps-lock',
  origin: 'callback(view).finally(release): a callback that is not async may throw first.',
  bases: ['memory'],
  mutate: (adapter) => {
    const mutex = new KeyedMutex();
    return replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(
        id,
        async (view) => {
          const release = await mutex.acquire(id);
          return callback(view).finally(release);
        },
        options,
      ),
    );
  },
};
