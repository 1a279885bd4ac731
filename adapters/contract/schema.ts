/** The schema of a storage with tables and indexes: whether it is what this version of the adapter needs. */
import type { Awaitable } from './adapter.ts';

export interface StorageSchema {
  /**
   * Inspects the schema and changes nothing.
   *
   * @throws {@link StorageError} with `UNAVAILABLE`, `CLOSED`.
   */
  check(): Awaitable<SchemaState>;
}

/** Names of migrations and indexes. If the schema is complete, all three lists are empty. */
export interface SchemaState {
  /** Migrations of this version that are not applied, or that were applied with a different text. */
  readonly missing: readonly string[];
  /** Applied migrations that this version does not know: another version has applied them. */
  readonly unknown: readonly string[];
  /** Invalid indexes: their build did not finish, so the database does not use them. */
  readonly invalid: readonly string[];
  /** The number of indexes. */
  readonly indexes: number;
}
