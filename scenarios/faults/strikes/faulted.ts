/** What a load with faults needs in addition: its strikes, their order, and the power that it must reach. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Capabilities } from '../../../adapters/contract/index.ts';
import type { Power } from '../../evidence/model/power.ts';
import { faultOf } from '../catalog.ts';
import { showsCommits } from '../proxy/commitWatch.ts';
import { planStrikes, pointsOf } from '../plan.ts';
import { isAtCommit } from '../points.ts';
import type { DrivenService } from '../../load/run/control.ts';
import type { OnUnwritten } from '../../evidence/evidenceStream.ts';
import { REQUEST_TIMEOUT_MS } from '../../load/run/generators.ts';
import type { Hosting } from '../../load/run/hosting.ts';
import type { StruckField } from './strikes.ts';
import { runClock } from '../../load/service/journal.ts';
import { mayBeStruck, type ResolvedLoad } from '../../load/run/options.ts';
import { STRIKES_FILE } from '../../evidence/files.ts';
import { openStrikes } from './strikeFile.ts';
import { Strikes } from './strikes.ts';

/** The shortest duration of a black hole, in milliseconds. */
const BLACKHOLE_MS = 3000;
/** The shortest time to try for a stream that was struck, in milliseconds. */
const MIN_PATIENCE_MS = 30_000;

/** Requests are repeated this much longer than a fault can block anything, in milliseconds. */
const BEYOND_RECOVERY_MS = 2000;

/** How long to repeat requests of unknown outcome at least: until nothing can block them any more. */
export function repeatMs(options: ResolvedLoad, { recoveryMs }: Capabilities): number {
  return !mayBeStruck(options) || recoveryMs === null ? 0 : recoveryMs + BEYOND_RECOVERY_MS;
}

/** Carries out the plan, and then stops the drivers, but not before the load has lasted its requested time. */
export async function strike(
  strikes: Strikes | undefined,
  { durationMs = 0 }: ResolvedLoad,
  over: AbortSignal,
  stop: () => void,
): Promise<void> {
  if (strikes === undefined) return;
  const least = sleep(durationMs, undefined, { signal: over }).catch(() => {});
  await strikes.run(over);
  await least;
  if (!over.aborted) stop();
}

/** Whether any strike concerns the network or a commit, which only a proxy can observe. */
export function needsProxies({ faults }: ResolvedLoad, { network }: Pick<Hosting, 'network'>): boolean {
  if (faults === undefined || network === null) return false;
  if (faults.names.some((name) => faultOf(name).needs === 'network')) return true;
  return showsCommits(network) && faults.names.some((name) => pointsOf(name, faults).some(isAtCommit));
}

interface Driven {
  readonly driven: readonly DrivenService[];
  readonly epoch: bigint;
  readonly onUnwritten: OnUnwritten;
}

export async function strikesOf(
  { faults, seed, services, out, drivers, workload }: ResolvedLoad,
  field: Omit<StruckField, 'blackholeMs'>,
  { driven, epoch, onUnwritten }: Driven,
): Promise<Strikes | undefined> {
  if (faults === undefined) return undefined;
  // Imported here with the HTTP client, which only drivers need otherwise, and which takes a tenth of a command's
  // start.
  const { Challengers } = await import('./challengers.ts');
  const now = runClock(epoch);
  const timeoutMs = REQUEST_TIMEOUT_MS;
  const { capabilities, network } = field.hosting;
  const file = openStrikes(join(out, STRIKES_FILE), onUnwritten);
  return new Strikes({
    ...field,
    plan: planStrikes({
      seed,
      faults: faults.names,
      strikes: faults.strikes,
      services,
      knowsCommits: showsCommits(network),
      points: faults.points,
    }),
    services,
    challengers: new Challengers({ out, drivers, workload, services: driven, timeoutMs, now, onUnwritten }),
    now,
    blackholeMs: faults.blackholeMs ?? BLACKHOLE_MS,
    clockAhead: faults.clockAhead ?? false,
    mustRecover: capabilities.recoveryMs !== null,
    patienceMs: Math.max(MIN_PATIENCE_MS, 2 * (capabilities.recoveryMs ?? 0)),
    file,
  });
}

/** The share of a mix's minimums that a load with faults must reach. */
const SHARE_UNDER_FAULTS = 0.1;

/** Most of the time of a load with faults passes while requests wait for the end of a fault. */
export function underFaults(minimums: Power): Power {
  const entries = Object.entries(minimums).map(([name, least]) => [
    name,
    Math.ceil(least * SHARE_UNDER_FAULTS),
  ]);
  return Object.fromEntries(entries);
}
