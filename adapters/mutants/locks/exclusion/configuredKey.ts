import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** The number of the instance is part of the lock's key. */
export const configuredKey: Mutant = {
  name: 'configured-key',
  origin:
    'The key contains the application’s name, host or version: two deployments do not exclude each other.',
  clauses: ['X-04', 'LOCK-01'],
  bases: ['postgres'],
  mutate: (adapter, { options: { instance } }) =>
    replaceLock(adapter, (id, callback, options) => lockOf(adapter)(`${instance}/${id}`, callback, options)),
};
