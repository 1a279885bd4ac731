/** One way of locking, on the server of a test file. */
import type { LockKind, PostgresOptions } from '../options.ts';
import type { FullAdapter, TestServer } from './server.ts';

/** What a test of one way of locking works with. */
export function under(
  server: TestServer,
  lock: LockKind,
): {
  readonly nameOf: (namespace: string) => string;
  /** Two instances of a namespace. */
  readonly pair: (
    namespace: string,
    options?: Partial<PostgresOptions>,
  ) => Promise<[FullAdapter, FullAdapter]>;
  readonly waiters: (namespace: string) => Promise<number>;
  readonly held: (namespace: string) => Promise<number>;
} {
  const nameOf = (namespace: string): string => `${namespace}_${lock}`;
  const count = async (sql: string): Promise<number> => (await server.sql(sql)).length;
  const advisory = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory'`;
  return {
    nameOf,
    pair: async (namespace, options) => {
      const all = { ...options, lock };
      return [await server.open(nameOf(namespace), all), await server.open(nameOf(namespace), all)];
    },
    waiters: (namespace) =>
      count(
        lock === 'advisory'
          ? `${advisory} AND NOT granted`
          : `SELECT 1 FROM ls_${nameOf(namespace)}.lease_waiters`,
      ),
    held: (namespace) =>
      count(
        lock === 'advisory'
          ? `${advisory} AND granted`
          : `SELECT 1 FROM ls_${nameOf(namespace)}.leases WHERE owner IS NOT NULL`,
      ),
  };
}
