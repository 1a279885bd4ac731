/** The power that a run of a mix must reach for an `ok` to count. */
import { NO_POWER, type Power } from '../../evidence/model/power.ts';
import type { Minimums } from './types.ts';

/**
 * With a single service, its own requests must have met, and workers of two services cannot race. With several
 * services, requests and workers of two services must have met.
 */
export function minimumPower({ attempts = 0, ...others }: Minimums, services: number): Power {
  const minimums = { ...NO_POWER, ...others };
  return services > 1
    ? { ...minimums, crossProcessAttempts: attempts }
    : { ...minimums, inProcessAttempts: attempts, claimRaces: 0 };
}
