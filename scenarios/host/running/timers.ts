/**
 * Knows when this process's timers are due, so that a blocked step is recognized without waiting for it. Adapters bound
 * their waits for a lock with timers: if no timer is due before the bound, none can finish the step earlier.
 *
 * Timers that were not made with the global functions or node:timers are counted, but their times are unknown.
 */
import timers from 'node:timers';
import { syncBuiltinESMExports } from 'node:module';

export interface TimerWatch {
  /** Whether all `count` timers that keep the process alive are known, and none of them is due within `ms`. */
  noneDueWithin(ms: number, count: number): boolean;
}

type Callback = (this: unknown, ...args: unknown[]) => unknown;
type SetTimer = (callback: Callback, ms?: number, ...args: unknown[]) => NodeJS.Timeout;
type ClearTimer = (timer?: unknown) => void;

/**
 * Replaces the functions that make and clear timers by ones that track them. Call it once per process, before any
 * adapter is loaded.
 */
export function watchTimers(): TimerWatch {
  const due = new Map<unknown, number>();
  const patch = <K extends 'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval'>(
    name: K,
    wrap: (original: (typeof globalThis)[K]) => (typeof globalThis)[K],
  ): void => {
    const original = globalThis[name];
    const wrapped = Object.assign(wrap(original), original);
    Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
    globalThis[name] = wrapped;
    (timers as unknown as Record<string, unknown>)[name] = wrapped;
  };
  patch('setTimeout', (original) => booked(original as SetTimer, due, false) as typeof setTimeout);
  patch('setInterval', (original) => booked(original as SetTimer, due, true) as typeof setInterval);
  patch('clearTimeout', (original) => cleared(original as ClearTimer, due) as typeof clearTimeout);
  patch('clearInterval', (original) => cleared(original as ClearTimer, due) as typeof clearInterval);
  syncBuiltinESMExports();
  return { noneDueWithin: (ms, count) => noneDueWithin(due, ms, count) };
}

function booked(original: SetTimer, due: Map<unknown, number>, repeats: boolean): SetTimer {
  return (callback, ms, ...args) => {
    if (typeof callback !== 'function') return original(callback, ms, ...args);
    const delayMs = Math.max(1, Number(ms) || 1);
    const timer = original(
      function (this: unknown, ...passed: unknown[]) {
        if (repeats) due.set(timer, performance.now() + delayMs);
        else due.delete(timer);
        return callback.apply(this, passed);
      },
      ms,
      ...args,
    );
    due.set(timer, performance.now() + delayMs);
    return timer;
  };
}

function cleared(original: ClearTimer, due: Map<unknown, number>): ClearTimer {
  return (timer) => {
    due.delete(timer);
    original(timer);
  };
}

/** A timer that is overdue by this many milliseconds was cleared in a way that is not tracked. */
const OVERDUE_MS = 1000;

function noneDueWithin(due: Map<unknown, number>, ms: number, count: number): boolean {
  const now = performance.now();
  let known = 0;
  for (const [timer, at] of due) {
    if (at < now - OVERDUE_MS) due.delete(timer);
    else if (at <= now + ms) return false;
    else if ((timer as NodeJS.Timeout).hasRef()) known += 1;
  }
  return known === count;
}
