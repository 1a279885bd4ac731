/** Tables and indexes of a storage that has some: whether they are as this version of the adapter needs them. */
import type { Awaitable } from './adapter.ts';

export interface StorageSchema {
  /** Looks, and changes nothing. Errors: UNAVAILABLE, CLOSED. */
  check(): Awaitable<SchemaState>;
}

/** Names of migrations and indexes. All three lists are empty where the schema is whole. */
export interface SchemaState {
  /** Migrations of this version that are not applied, or are applied with another text. */
  readonly missing: readonly string[];
  /** Migrations that are applied and that this version does not know: another one has been here. */
  readonly unknown: readonly string[];
  /** Indexes that are not used, since they were not built to the end. */
  readonly invalid: readonly string[];
  /** How many indexes there are. */
  readonly indexes: number;
}
