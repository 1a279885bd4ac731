import type { Authority, StorageAdapter } from '../../../contract/index.ts';
import { withAuthority, type Equivalent } from '../../mutant.ts';

/** What a storage is for a writer is made once, and handed out again. */
export const oneForAWriter: Equivalent = {
  name: 'one-for-a-writer',
  reason: 'Instances for one writer share everything else, so they may be one.',
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
