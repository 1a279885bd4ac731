/** Asks what a target offers, before any of it is started. */
import {
  IMPORT_BOUND_MS,
  startHost,
  type LoadedTarget,
  type TargetReference,
} from '../../scenarios/host/index.ts';
import { orStopped } from '../../scenarios/orStopped.ts';
import type { Progress } from '../terminal/progress.ts';

export interface AskContext {
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** Rejects with TARGET_FAILED, HOST_LOST or INTERRUPTED. */
export async function offeredBy(
  target: TargetReference,
  { progress, signal }: AskContext,
): Promise<Pick<LoadedTarget, 'faults' | 'faultsOnServer' | 'network' | 'capabilities'>> {
  progress.phase({ what: `importing ${target.spec}`, atMostMs: IMPORT_BOUND_MS });
  await using host = await startHost();
  const { faults, faultsOnServer, network, capabilities } = await orStopped(host.load(target), signal);
  return { faults, faultsOnServer, network, capabilities };
}
