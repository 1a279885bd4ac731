import { StorageError } from '../../../contract/index.ts';
import { LOCKS_ALONE } from '../../leases/alone.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

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

/** A lock for whose section `handle` decides about what its callback threw: it throws that, something else, or nothing. */
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

/** The callback's error comes back wrapped: its caller does not know it any more. */
export const rollbackWrapsError: Mutant = handling(
  {
    name: 'rollback-wraps-error',
    origin:
      'Everything that leaves the repository is wrapped as a storage error, the callers own refusals too.',
  },
  (error) => {
    throw new StorageError('UNAVAILABLE', 'The transaction was rolled back.', { cause: error });
  },
);

/** A lock and nothing else, that answers with nothing where its callback threw. */
export const lockAloneSwallows: Mutant = {
  name: 'lock-alone-swallows',
  origin:
    'A mutex library that resolves whatever the callback did; its user stores elsewhere, and there is nothing to roll back.',
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

/** What counts as false is taken for no error: the section is committed. */
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

/** The error is told where it happened, which some errors do not take. */
export const errorDecorated: Mutant = handling(
  {
    name: 'error-decorated',
    origin:
      'catch (error) { error.streamId = id; throw error }: of a frozen error, or a thrown string, that makes another one.',
  },
  (error, id) => {
    (error as { streamId?: string }).streamId = id;
    throw error;
  },
);

/** What counts as false is taken for no result. */
export const falseResultLost: Mutant = {
  name: 'false-result-lost',
  origin: 'return result || null, or a wrapper that forgets to return what the callback returned.',
  clauses: ['LOCK-01'],
  bases: ['memory', 'postgres', 'postgres-lease'],
  mutate: (adapter) =>
    replaceLock(
      adapter,
      async (id, callback, options) => (await lockOf(adapter)(id, callback, options)) || (null as never),
    ),
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
