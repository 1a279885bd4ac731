/** Waits that end: at a deadline, or when a signal is aborted. */
import type { StorageError } from '../../contract/index.ts';

/**
 * The longest wait, twelve days: PostgreSQL and Node's timers count milliseconds in 31 bits, and other time-outs
 * are added to it.
 */
const MAX_WAIT_MS = 2 ** 30;

/** What ends a wait early, and with which error. */
export interface Wait {
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  readonly timedOut: () => StorageError;
  readonly signals: readonly { readonly signal: AbortSignal; readonly error: () => StorageError }[];
}

/** How long `wait` may still take, in whole milliseconds; at least 1, because 0 means "no bound" to PostgreSQL. */
export function remainingMs(wait: Wait): number {
  return Math.min(Math.max(1, Math.ceil(wait.deadline - performance.now())), MAX_WAIT_MS);
}

/** Throws if a signal has already ended `wait`. The deadline does not count, because a lock may be free at once. */
export function check(wait: Wait): void {
  for (const { signal, error } of wait.signals) if (signal.aborted) throw error();
}

/**
 * Returns a promise that `begin` settles, or that `wait` ends. `begin` returns a function that undoes its work if the
 * promise was ended from outside; afterwards nothing that `begin` started may take effect.
 */
export function waitFor<T>(
  wait: Wait,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isSettled = false;
    const settle = <A>(how: (argument: A) => void): ((argument: A) => void) => {
      return (argument) => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        for (const { signal, listener } of listeners) signal.removeEventListener('abort', listener);
        how(argument);
      };
    };
    const give = settle((error: StorageError) => {
      undo();
      reject(error);
    });
    const timer = setTimeout(() => give(wait.timedOut()), remainingMs(wait));
    const listeners = wait.signals.map(({ signal, error }) => ({ signal, listener: () => give(error()) }));
    for (const { signal, listener } of listeners) signal.addEventListener('abort', listener);
    const undo = begin(settle(resolve), settle(reject));
  });
}

/** Waits for `work`, which never rejects, for at most `ms`. After that, `work` continues on its own. */
export async function atMost(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
