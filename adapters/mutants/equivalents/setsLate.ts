import { setTimeout as sleep } from 'node:timers/promises';
import type { Authority } from '../../contract/index.ts';
import { withAuthority, type Equivalent } from '../mutant.ts';

/** In milliseconds: by then a program goes on whose step waits. */
const LATE_MS = 60;

/** The state is set a while after it is asked for. */
export const setsLate: Equivalent = {
  name: 'sets-late',
  reason: 'Who sets the state may take its time: until then the state before is in force.',
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
