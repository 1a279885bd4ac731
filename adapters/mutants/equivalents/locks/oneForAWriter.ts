import type { Authority, StorageAdapter } from '../../../contract/index.ts';
import { withAuthority, type Equivalent } from '../../mutant.ts';

/** The instance for a writer is created once and returned for every request. */
export const oneForAWriter: Equivalent = {
  name: 'one-for-a-writer',
  reason: 'Instances for one writer share everything else, so one instance can serve all.',
  bases: ['memory'],
  mutate: (adapter) => {
    const known = new Map<string, StorageAdapter>();
    return withAuthority(adapter, {
      as: (writer) => {
        const name = `${writer.epoch}:${writer.role}`;
        const made = known.get(name) ?? (adapter.authority as Authority).as(writer);
        known.set(name, made);
        return made;
      },
    });
  },
};
