/** How the stores of an instance, or of a section's view, reach the rows. */
import { StorageError, type Timestamp } from '../contract/index.ts';
import type { Tables } from './store.ts';

export interface Session {
  readonly tables: Tables;
  /** Time for new rows, later than every earlier stamp. */
  stamp(): Timestamp;
  /** The time that decides about expiry. */
  now(): Timestamp;
  /** Runs `action` at once. Rejects with CLOSED after the session's end. */
  read<R>(action: () => R): Promise<R>;
  /** As `read`; within a section an error also dooms the section. */
  write<R>(action: () => R): Promise<R>;
}

export function closed(what: 'instance' | 'section'): StorageError {
  return new StorageError(
    'CLOSED',
    what === 'instance'
      ? 'Expected an open adapter, but close() was called. Open a new instance.'
      : 'Expected a view within its section, but withLock has settled or the adapter was closed. Call withLock again.',
  );
}
