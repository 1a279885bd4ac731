import { LASTS_MS, type Fault } from '../fault.ts';
import { INSIDE } from '../points.ts';

/** The target implements this fault. */
export const poolExhaustion: Fault<'pool-exhaustion'> = {
  name: 'pool-exhaustion',
  summary:
    'the storage has no free connection, and every service loses the connections it had, for two seconds',
  points: INSIDE,
  strikes: 'storage',
  needs: 'fault',
  async start({ hosting, namespace }, { service }, { resume }) {
    const proof = await hosting.strike('pool-exhaustion', namespace, service);
    await resume();
    return { proof, lastsMs: LASTS_MS, heal: () => hosting.heal() };
  },
};
