/** How the stores of an instance, or of a section's view, reach the rows. */
import type { Clock, Timestamp, Writer } from '../contract/index.ts';
import type { Store, Tables } from './store.ts';

/** An instance, or what it is for one writer. */
export interface Opened {
  readonly store: Store;
  readonly clock: Clock;
  /** The same for an instance and all that it is for single writers. */
  readonly instance: object;
  /** Aborted when it is closed. */
  readonly ended: AbortSignal;
  /** Undefined: it knows of no epoch. */
  readonly writer: Writer | undefined;
}

export interface Session {
  readonly tables: Tables;
  /** Time for new rows, later than every earlier stamp. */
  stamp(): Timestamp;
  /** The time that decides about expiry. */
  now(): Timestamp;
  /** Runs `action` at once. Rejects with CLOSED after the session's end. */
  read<R>(action: () => R): Promise<R>;
  /** As `read`, for writers whom the store accepts: others are FENCED. Within a section an error also dooms the section. */
  write<R>(action: () => R): Promise<R>;
}
