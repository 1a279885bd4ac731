import { setTimeout as sleep } from 'node:timers/promises';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** How long commits are gathered, in milliseconds. */
const GATHER_MS = 50;

/** A section is answered for when its callback has returned; its commit follows. */
export const commitInBackground: Mutant = {
  name: 'commit-in-background',
  origin:
    'Group commit whose promise resolves when the write is queued: until the queue is written a crash loses answered effects.',
  clauses: ['TX-04'],
  bases: ['postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, <T>(...[id, callback, options]: Parameters<ReturnType<typeof lockOf>>) => {
      return new Promise<T>((resolve, reject) => {
        const gathered: typeof callback = async (view) => {
          const result = await callback(view);
          resolve(result as T);
          await sleep(GATHER_MS);
          return result;
        };
        lockOf(adapter)(id, gathered, options).catch(reject);
      });
    }),
};
