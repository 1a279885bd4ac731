/** How the surfaces of an instance, or of a section's view, reach the store. */
import type { Timestamp } from '../contract/index.ts';

export interface Session {
  /** A time for a new record, later than every earlier stamp. */
  stamp(): Timestamp;
  /** Runs `action` at once. Rejects with CLOSED after the session's end. */
  read<R>(action: () => R): Promise<R>;
  /**
   * As `read`. Check and write happen in one turn of the event loop, so that no other caller of this process comes
   * between them, and in one step of the store where it has any.
   */
  write<R>(action: () => R): Promise<R>;
}

/**
 * `given` with the fields of `defaults` that it lacks; fields that are undefined are absent. Values are not copied:
 * see store.ts.
 */
export function withDefaults<G extends object, D extends object>(given: G, defaults: D): D & G {
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...Object.entries(defaults), ...present]) as D & G;
}
