/** Sections: a callback under a stream's lock, and which locks the running code holds. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { fenced, validateId, validateTimeout, type LockedView, type LockOptions } from '../contract/index.ts';
import { aborted, closed, reentrant } from '../contract/rules/refusals.ts';
import { DEFAULT_LOCK_WAIT_MS, type WaitOptions } from './locks.ts';
import { Section } from './section.ts';
import type { Opened } from './session.ts';

/** A section around the running code. */
interface Enclosing {
  /** Identifies the instance. Another instance waits for the lock like any other caller. */
  readonly instance: object;
  readonly streamId: string;
  readonly section: Section;
  readonly outer: Enclosing | undefined;
}

export type WithLock = <T>(
  streamId: string,
  callback: (view: LockedView) => Promise<T>,
  options?: LockOptions,
) => Promise<T>;

/** One for the whole module, because Node visits every AsyncLocalStorage at every asynchronous call. */
const enclosing = new AsyncLocalStorage<Enclosing>();

export function createWithLock(opened: Opened): WithLock {
  const { instance, ended } = opened;
  return async (streamId, callback, options = {}) => {
    if (ended.aborted) throw closed('instance');
    const { timeoutMs = DEFAULT_LOCK_WAIT_MS, signal } = options;
    validateId(streamId, 'streamId');
    validateTimeout(timeoutMs);
    const outer = enclosing.getStore();
    if (holds(outer, instance, streamId)) throw reentrant(streamId);
    const signals = [{ signal: ended, error: () => closed('instance') }];
    if (signal !== undefined) signals.push({ signal, error: () => aborted(streamId) });
    const section = await begin(opened, streamId, { timeoutMs, signals }, isNested(outer));
    try {
      const around: Enclosing = { instance, streamId, section, outer };
      const value = await enclosing.run(around, () => callback(section.view));
      section.commit();
      return value;
    } finally {
      section.leave();
    }
  };
}

/** Begins a section that holds its lock, if the store accepts its writer. */
async function begin(opened: Opened, streamId: string, wait: WaitOptions, nested: boolean): Promise<Section> {
  const { locks, authority } = opened.store;
  const until = performance.now() + wait.timeoutMs;
  for (let { timeoutMs } = wait; ; timeoutMs = Math.max(0, until - performance.now())) {
    const release = await locks.acquire(streamId, { ...wait, timeoutMs });
    try {
      // The instance may have been closed since the lock was granted.
      if (opened.ended.aborted) throw closed('instance');
      authority.judge(opened.writer);
      const coming = authority.turningAway(opened.writer);
      if (coming === undefined) return new Section(opened, release);
      // Waiting here would be a deadlock: the caller that sets the state waits for the outer section.
      if (nested) throw fenced(opened.writer, coming);
    } catch (error) {
      release();
      throw error;
    }
    release();
    await authority.settled({ ...wait, timeoutMs: Math.max(0, until - performance.now()) });
  }
}

function isNested(outer: Enclosing | undefined): boolean {
  for (let around = outer; around !== undefined; around = around.outer)
    if (around.section.isOpen) return true;
  return false;
}

/** Whether a section around the running code holds the lock. Sections that have ended do not count. */
function holds(innermost: Enclosing | undefined, instance: object, streamId: string): boolean {
  for (let around = innermost; around !== undefined; around = around.outer) {
    if (around.instance === instance && around.streamId === streamId && around.section.isOpen) return true;
  }
  return false;
}
