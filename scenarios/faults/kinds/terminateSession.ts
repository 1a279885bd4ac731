import type { Fault } from '../fault.ts';
import { INSIDE } from '../points.ts';

/** The target implements this fault. */
export const terminateSession: Fault<'terminate-session'> = {
  name: 'terminate-session',
  summary: 'the storage ends every session of the service',
  points: ['entered', ...INSIDE],
  strikes: 'holder',
  needs: 'fault',
  async start({ hosting, namespace }, { service }, { resume }) {
    const proof = await hosting.strike('terminate-session', namespace, service);
    await resume();
    return { proof };
  },
};
