/** How the surfaces of an instance, or of a section's view, reach the store. */
import type { Timestamp } from '../contract/index.ts';

export interface Session {
  /** Returns a time for a new record. It is later than every earlier stamp. */
  stamp(): Timestamp;
  /** Runs `action` at once. Rejects with CLOSED after the session's end. */
  read<R>(action: () => R): Promise<R>;
  /**
   * Like `read`. Check and write happen in one turn of the event loop, and in one `step` of the store if it has that.
   * So no other caller comes between them.
   */
  write<R>(action: () => R): Promise<R>;
}

/**
 * `given`, with the fields of `defaults` that it lacks. Undefined fields count as absent. Values are not copied: see
 * store.ts.
 */
export function withDefaults<G extends object, D extends object>(given: G, defaults: D): D & G {
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...Object.entries(defaults), ...present]) as D & G;
}
