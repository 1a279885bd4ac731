/** Counts what single requests to a target cost its database, in addition to a measurement. */
import { countRequests, type RequestCounts } from '../../scenarios/counting/index.ts';
import type { TargetReference } from '../../scenarios/host/index.ts';
import { hasCode } from '../../scenarios/lockstepError.ts';
import type { Progress } from '../terminal/progress.ts';

export interface CountContext {
  readonly pg: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Called with the reason if nothing could be counted. */
  readonly note: (text: string) => void;
}

/**
 * Undefined: requests got wrong answers, which a load judges better. Rejects like countRequests for errors that would
 * also prevent a load.
 */
export async function countBeside(
  target: TargetReference,
  { pg, signal, progress, note }: CountContext,
): Promise<readonly RequestCounts[] | undefined> {
  try {
    return await countRequests(target, {
      pg,
      signal,
      onPhase: ({ what, ...phase }) => progress.phase({ ...phase, what: `${what} (${target.spec})` }),
    });
  } catch (error) {
    if (!hasCode(error, 'WORKER_FAILED')) throw error;
    note(`what requests to ${target.spec} cost could not be counted: ${error.message}`);
    return undefined;
  }
}
