import type { Fault } from '../fault.ts';
import { INSIDE } from '../points.ts';

/** The target implements this fault. */
export const restartStorage: Fault<'restart-storage'> = {
  name: 'restart-storage',
  summary: 'the storage stops at once, without a checkpoint, and is started again',
  points: INSIDE,
  strikes: 'storage',
  needs: 'fault',
  async start({ hosting, namespace }, { service }, { resume }) {
    const proof = await hosting.strike('restart-storage', namespace, service);
    await resume();
    return { proof };
  },
};
