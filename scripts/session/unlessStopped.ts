/** The parts of a run that its end cuts short. */
import { hasCode } from '../../scenarios/lockstepError.ts';

/** What `work` came to; undefined: the run was stopped before. What ended it is told at the end of the run. */
export async function unlessStopped<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'INTERRUPTED')) return undefined;
    throw error;
  }
}
