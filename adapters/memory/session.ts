/** How the stores of an instance, or of a section's view, reach the rows. */
import type { Clock, Timestamp, Writer } from '../contract/index.ts';
import type { Store, Tables } from './store.ts';

/** An instance, or an instance for one writer. */
export interface Opened {
  readonly store: Store;
  readonly clock: Clock;
  /** The same object for an instance and for the instances that it opened for single writers. */
  readonly instance: object;
  /** Aborted when the instance is closed. */
  readonly ended: AbortSignal;
  /** Undefined: a writer without an epoch. */
  readonly writer: Writer | undefined;
}

export interface Session {
  readonly tables: Tables;
  /** Returns the time for a new row. It is later than every earlier stamp. */
  stamp(): Timestamp;
  /** Returns the time that decides about expiry. */
  now(): Timestamp;
  /** Runs `action` at once. Rejects with CLOSED after the session's end. */
  read<R>(action: () => R): Promise<R>;
  /**
   * Like `read`, for writers that the store accepts. Other writers are FENCED. Within a section, an error also dooms
   * the section.
   */
  write<R>(action: () => R): Promise<R>;
}
