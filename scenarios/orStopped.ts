/** Waits that end when the run is stopped. */
import { LockstepError } from './lockstepError.ts';

/** The error of a run that was stopped before it had a result. */
export function runStopped(): LockstepError<'INTERRUPTED'> {
  return new LockstepError('INTERRUPTED', 'The run was stopped.');
}

/**
 * Waits for `work` until the signal is aborted, and then rejects with INTERRUPTED. The work itself ends when its
 * process is released.
 */
export async function orStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(runStopped());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    work.catch(() => {});
    signal.removeEventListener('abort', stop);
  }
}
