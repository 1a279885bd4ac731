/** Parts of a run that end early if the run is stopped. */
import { hasCode } from '../../scenarios/lockstepError.ts';

/** The result of `work`. Undefined: the run was stopped first. The reason is reported at the end of the run. */
export async function unlessStopped<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'INTERRUPTED')) return undefined;
    throw error;
  }
}
