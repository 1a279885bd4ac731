/** What a target offers, found out before anything of it is started. */
import { startHost, type LoadedTarget, type TargetReference } from '../scenarios/host/index.ts';

/** Rejects with TARGET_FAILED. */
export async function offeredBy(
  target: TargetReference,
): Promise<Pick<LoadedTarget, 'faults' | 'faultsOnServer' | 'network' | 'capabilities'>> {
  await using host = await startHost();
  const { faults, faultsOnServer, network, capabilities } = await host.load(target);
  return { faults, faultsOnServer, network, capabilities };
}
