import { StorageError } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** The section is rolled back, and its error ends there: withLock resolves with nothing. */
export const rollbackSwallowsError: Mutant = {
  name: 'rollback-swallows-error',
  origin: 'catch { await client.query("ROLLBACK") } without a throw behind it.',
  clauses: ['LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      let hasStarted = false;
      try {
        return await lockOf(adapter)(
          id,
          (view) => {
            hasStarted = true;
            return callback(view);
          },
          options,
        );
      } catch (error) {
        if (hasStarted) return undefined as never;
        throw error;
      }
    }),
};

/** The callback's error comes back wrapped: its caller does not know it any more. */
export const rollbackWrapsError: Mutant = {
  name: 'rollback-wraps-error',
  origin:
    'Everything that leaves the repository is wrapped as a storage error, the callers own refusals too.',
  clauses: ['LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) => {
      const wrapping: typeof callback = async (view) => {
        try {
          return await callback(view);
        } catch (error) {
          throw new StorageError('UNAVAILABLE', 'The transaction was rolled back.', { cause: error });
        }
      };
      return lockOf(adapter)(id, wrapping, options);
    }),
};

/** A commit that did not commit resolves: nothing looks at what it answered. */
export const commitTagIgnored: Mutant = {
  name: 'commit-tag-ignored',
  origin:
    'An error inside a transaction is swallowed; COMMIT then answers ROLLBACK, which is no error of the driver.',
  clauses: ['LOCK-18', 'TX-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      let returned: { readonly value: Awaited<ReturnType<typeof callback>> } | undefined;
      const noting: typeof callback = async (view) => {
        const value = await callback(view);
        returned = { value };
        return value;
      };
      try {
        return await lockOf(adapter)(id, noting, options);
      } catch (error) {
        if (returned === undefined) throw error;
        return returned.value;
      }
    }),
};
