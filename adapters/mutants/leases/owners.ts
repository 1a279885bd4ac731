/** Leases that are not asked whose they are. */
import type { Mutant } from '../mutant.ts';
import { leaseBeside } from './leaseBeside.ts';

/** A holder that stood still past its lease prolongs its successor's, and takes it for its own. */
export const renewalWithoutOwner: Mutant = {
  name: 'renewal-without-owner',
  origin:
    'A watchdog that sends PEXPIRE with the name of the lock: after a pause it prolongs somebody else’s, and the answer says that all is well.',
  clauses: ['LOCK-12', 'LOCK-15'],
  ...leaseBeside({ clock: 'storage', check: 'row', mine: 'true' }),
};
