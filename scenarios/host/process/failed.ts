/** Turns failures of targets and hosts into the errors that lockstep rejects with. */
import { LockstepError } from '../../lockstepError.ts';
import type { TargetFailure } from './failure.ts';
import type { LostHost } from '../language/history.ts';

export function targetFailed(failure: TargetFailure): LockstepError<'TARGET_FAILED'> {
  return new LockstepError('TARGET_FAILED', failure.message, { details: failure });
}

export function hostLost(lost: LostHost): LockstepError<'HOST_LOST'> {
  const message = `The process in which the adapter ran (number ${lost.process}) was lost (${lost.reason}): ${lost.detail}`;
  return new LockstepError('HOST_LOST', message, { details: lost });
}
