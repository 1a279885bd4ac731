import { StorageError } from '../../../contract/index.ts';
import { LOCKS_ALONE } from '../../leases/alone.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** The section is rolled back and its error is swallowed: withLock resolves with undefined. */
export const rollbackSwallowsError: Mutant = {
  name: 'rollback-swallows-error',
  origin: 'catch { await client.query("ROLLBACK") } without rethrowing the error.',
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

/** A lock with `handle` for the errors of callbacks: it rethrows the error, throws another one, or does not throw. */
function handling(
  about: Pick<Mutant, 'name' | 'origin'>,
  handle: (error: unknown, streamId: string) => void,
): Mutant {
  return {
    ...about,
    clauses: ['LOCK-02'],
    bases: ['memory', 'postgres'],
    mutate: (adapter) =>
      replaceLock(adapter, (id, callback, options) => {
        const handled: typeof callback = async (view) => {
          try {
            return await callback(view);
          } catch (error) {
            handle(error, id);
            return undefined as never;
          }
        };
        return lockOf(adapter)(id, handled, options);
      }),
  };
}

/** The callback's error is wrapped, so its caller does not recognize it. */
export const rollbackWrapsError: Mutant = handling(
  {
    name: 'rollback-wraps-error',
    origin:
      'Every error that leaves the repository is wrapped as a storage error, including the caller’s own refusals.',
  },
  (error) => {
    throw new StorageError('UNAVAILABLE', 'The transaction was rolled back.', { cause: error });
  },
);

/** A lock without stores that swallows the errors of callbacks. */
export const lockAloneSwallows: Mutant = {
  name: 'lock-alone-swallows',
  origin:
    'A mutex library that resolves even if the callback throws; the user has a separate storage, so there is nothing to roll back.',
  clauses: ['LOCK-02'],
  bases: ['memory'],
  capabilities: LOCKS_ALONE,
  mutate: (adapter) => ({
    streamRepository: {
      withLock: (id, callback, options) =>
        lockOf(adapter)(id, (view) => callback(view).catch(() => undefined as never), options),
    },
    close: () => adapter.close(),
    [Symbol.asyncDispose]: () => adapter.close(),
  }),
};

/** A falsy error counts as no error: the section is committed. */
export const falseThrowCommits: Mutant = handling(
  {
    name: 'false-throw-commits',
    origin:
      'let failure; try { … } catch (error) { failure = error } … if (failure) rollback: a callback may throw undefined.',
  },
  (error) => {
    if (error) throw error;
  },
);

/** A property is added to the error, which frozen errors and thrown strings do not allow. */
export const errorDecorated: Mutant = handling(
  {
    name: 'error-decorated',
    origin:
      'catch (error) { error.streamId = id; throw error }: with a frozen error or a thrown string, this throws another error.',
  },
  (error, id) => {
    (error as { streamId?: string }).streamId = id;
    throw error;
  },
);

/** A falsy result counts as no result. */
export const falseResultLost: Mutant = {
  name: 'false-result-lost',
  origin: 'return result || null, or a wrapper that does not return the result of the callback.',
  clauses: ['LOCK-01'],
  bases: ['memory', 'postgres', 'postgres-lease'],
  mutate: (adapter) =>
    replaceLock(
      adapter,
      async (id, callback, options) => (await lockOf(adapter)(id, callback, options)) || (null as never),
    ),
};

/** A failed commit resolves, because the tag of its result is not checked. */
export const commitTagIgnored: Mutant = {
  name: 'commit-tag-ignored',
  origin:
    'An error within a transaction is swallowed; COMMIT then answers ROLLBACK, which the driver does not report as an error.',
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
