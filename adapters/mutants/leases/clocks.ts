/** Leases that expire by the clock of the process that wants them. */
import type { Mutant } from '../mutant.ts';
import { leaseBeside } from './leaseBeside.ts';

/** A process whose clock is ahead takes over a lease that another process still holds and uses. */
export const leaseByProcessClock: Mutant = {
  name: 'lease-by-process-clock',
  origin:
    'locked_until < new Date(), and a holder that trusts its own clock: safe only if the clocks of all machines are equal.',
  clauses: ['X-04'],
  ...leaseBeside({ clock: 'process', check: 'own clock', mine: 'owner = $2' }),
};

/** No superseded holder can write, but the lease of a dead holder lasts longer if its clock was ahead. */
export const leaseEndsByProcessClock: Mutant = {
  name: 'lease-ends-by-process-clock',
  origin:
    'locked_until = new Date(Date.now() + ttl), with a fencing token: safe, until a machine dies whose clock was ahead.',
  clauses: ['LOCK-12'],
  ...leaseBeside({ clock: 'process', check: 'row', mine: 'owner = $2' }),
};
