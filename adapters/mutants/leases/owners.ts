/** Leases that are renewed without a check of their owner. */
import type { Mutant } from '../mutant.ts';
import { leaseBeside } from './leaseBeside.ts';

/** A holder that was frozen longer than its lease renews the lease of its successor, and considers it its own. */
export const renewalWithoutOwner: Mutant = {
  name: 'renewal-without-owner',
  origin:
    'A watchdog that sends PEXPIRE with the name of the lock: after a pause it extends the lock of another holder, and is told that it succeeded.',
  clauses: ['LOCK-12', 'LOCK-15'],
  ...leaseBeside({ clock: 'storage', check: 'row', mine: 'true' }),
};
