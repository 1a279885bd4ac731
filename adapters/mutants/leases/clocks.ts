/** Leases that run out by the clocks of those who want them. */
import type { Mutant } from '../mutant.ts';
import { leaseBeside } from './leaseBeside.ts';

/** Whose clock is ahead takes over what somebody else still holds, who sees no reason to stop. */
export const leaseByProcessClock: Mutant = {
  name: 'lease-by-process-clock',
  origin:
    'locked_until < new Date(), and a holder that trusts its own clock: as safe as the clocks of all machines are equal.',
  clauses: ['X-04'],
  ...leaseBeside({ clock: 'process', mine: 'owner = $2' }),
};
