import { setTimeout as sleep } from 'node:timers/promises';
import type { Authority } from '../../contract/index.ts';
import { withAuthority, type Equivalent } from '../mutant.ts';

/** The delay in milliseconds. By then a program whose step waits has continued. */
const LATE_MS = 60;

/** The state is set some time after the request. */
export const setsLate: Equivalent = {
  name: 'sets-late',
  reason: 'Setting the state may take time: until then the previous state is in force.',
  bases: ['memory', 'postgres', 'postgres-lease'],
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    return withAuthority(adapter, {
      set: async (...given) => {
        await sleep(LATE_MS);
        return authority.set(...given);
      },
    });
  },
};
