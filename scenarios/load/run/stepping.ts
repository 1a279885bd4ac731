/** The steps of a load with `rate: auto`, driven by its driver processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Generators } from './generators.ts';
import { runClock } from '../service/journal.ts';
import type { ResolvedLoad } from './options.ts';
import { findSaturation, STEPS_PER_LOAD, type Stepped } from '../measuring/saturation.ts';

/**
 * Drives steps until a rate does not hold or `signal` ends the load, and then stops the drivers. Never rejects.
 * Undefined: the load has no steps, or a driver was lost.
 */
export async function stepRates(
  { rate, durationMs = 0, onPhase }: ResolvedLoad,
  generators: Generators,
  epoch: bigint,
  signal: AbortSignal,
): Promise<Stepped | undefined> {
  if (rate !== 'auto') return undefined;
  const stage = {
    pace: (perSecond: number | null) => generators.pace(perSecond),
    now: runClock(epoch),
    sleep: (ms: number) => sleep(ms, undefined, { signal }).catch(() => {}),
    isOver: () => signal.aborted,
  };
  try {
    return await findSaturation(stage, durationMs / STEPS_PER_LOAD, (perSecond) =>
      onPhase?.({ what: `driving ${perSecond} requests/s` }),
    );
  } catch {
    // The code that waits for the drivers reports what happened to them.
    return undefined;
  } finally {
    generators.stop();
  }
}
