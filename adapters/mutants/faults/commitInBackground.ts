import { setTimeout as sleep } from 'node:timers/promises';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** How long commits are collected, in milliseconds. */
const GATHER_MS = 50;

/** A section is acknowledged when its callback has returned, and is committed later. */
export const commitInBackground: Mutant = {
  name: 'commit-in-background',
  origin:
    'Group commit whose promise resolves when the write is queued: a crash before the queue is written loses acknowledged effects.',
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
