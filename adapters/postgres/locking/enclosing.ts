/** Which sections enclose the running code. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Connections } from '../connection/connections.ts';
import type { Section } from './section.ts';

/** A section around the running code. */
export interface Enclosing {
  readonly owner: Connections;
  readonly streamId: string;
  readonly section: Section;
  readonly outer: Enclosing | undefined;
}

/** One for the whole module: Node visits every AsyncLocalStorage in use at every asynchronous call. */
const storage = new AsyncLocalStorage<Enclosing>();

/** Runs `callback` inside the section that `frame` describes. */
export function runInside<T>(frame: Omit<Enclosing, 'outer'>, callback: () => Promise<T>): Promise<T> {
  return storage.run({ ...frame, outer: storage.getStore() }, callback);
}

/**
 * The innermost open section around the running code that belongs to this instance and writer. Undefined: there is
 * none; code may outlive the section that it started in.
 */
export function innermostOf(owner: Connections): Section | undefined {
  return find((around) => around.owner === owner)?.section;
}

/** Whether the running code holds this lock through this instance. Another instance waits like any other caller. */
export function holds(owner: Connections, streamId: string): boolean {
  return (
    find((around) => around.owner.instance === owner.instance && around.streamId === streamId) !== undefined
  );
}

function find(matches: (around: Enclosing) => boolean): Enclosing | undefined {
  let around = storage.getStore();
  while (around !== undefined && !(around.section.isOpen && matches(around))) around = around.outer;
  return around;
}
