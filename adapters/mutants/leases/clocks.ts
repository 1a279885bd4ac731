/** Leases that run out by the clocks of those who want them. */
import type { Mutant } from '../mutant.ts';
import { leaseBeside } from './leaseBeside.ts';

/** Whose clock is ahead takes over what somebody else still holds, who sees no reason to stop. */
export const leaseByProcessClock: Mutant = {
  name: 'lease-by-process-clock',
  origin:
    'locked_until < new Date(), and a holder that trusts its own clock: as safe as the clocks of all machines are equal.',
  clauses: ['X-04'],
  ...leaseBeside({ clock: 'process', check: 'own clock', mine: 'owner = $2' }),
};

/** Nobody writes who was superseded. But what a dead holder leaves lasts for as long as its clock was ahead. */
export const leaseEndsByProcessClock: Mutant = {
  name: 'lease-ends-by-process-clock',
  origin:
    'locked_until = new Date(Date.now() + ttl), with a fencing token beside it: safe, until a machine dies whose clock was ahead.',
  clauses: ['LOCK-12'],
  ...leaseBeside({ clock: 'process', check: 'row', mine: 'owner = $2' }),
};
