import {
  accepts,
  fenced,
  type Authority,
  type AuthorityState,
  type StorageAdapter,
} from '../../../contract/index.ts';
import { changeCalls } from '../../authority/judging.ts';
import { withAuthority, type Equivalent } from '../../mutant.ts';

/** While the state is being set, sections that the next state refuses are refused at once. */
export const refusesWhileSet: Equivalent = {
  name: 'refuses-while-set',
  reason: 'A section that the next state refuses may wait until that state is set, or be refused at once.',
  bases: ['memory'],
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    const coming = new Set<AuthorityState>();
    const refusing = (
      whole: StorageAdapter,
      writer: Parameters<Authority['as']>[0] | undefined,
    ): StorageAdapter =>
      changeCalls(whole, (path, call) => async (...args) => {
        const next = path.endsWith('.withLock')
          ? [...coming].find((one) => !accepts(one, writer))
          : undefined;
        if (next !== undefined) throw fenced(writer, next);
        return call(...args);
      });
    return withAuthority(refusing(adapter, undefined), {
      async set(expected, next, drainMs) {
        coming.add(next);
        try {
          return await authority.set(expected, next, drainMs);
        } finally {
          coming.delete(next);
        }
      },
      as: (writer) => refusing(authority.as(writer), writer),
    });
  },
};
