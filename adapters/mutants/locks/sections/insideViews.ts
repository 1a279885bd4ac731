import type { StreamRepository, StreamStore, UserStore } from '../../../contract/index.ts';
import { replaceView, type Mutant } from '../../mutant.ts';

export const userChangeOutside: Mutant = {
  name: 'user-change-outside',
  origin:
    'INSERT is in the transaction; when the profile exists, UPDATE goes through the repository, which has a connection of its own.',
  clauses: ['LOCK-02'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const outside = (adapter.streamRepository as StreamRepository).users as UserStore;
    return replaceView(adapter, (view) => {
      const inner = view.users as UserStore;
      return {
        ...view,
        users: {
          ...inner,
          put: async (user) =>
            (await outside.get(user?.walletAddress)) === undefined ? inner.put(user) : outside.put(user),
        },
      };
    });
  },
};

/** Of writes that are made at the same time only the last one is stored. */
export const overtakenWriteLost: Mutant = {
  name: 'overtaken-write-lost',
  origin:
    'A buffer with room for one write, which is sent when the event loop turns: Promise.all makes several before that.',
  clauses: ['LOCK-14'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceView(adapter, (view) => {
      const inner = view.streams as StreamStore;
      let latest: object | undefined;
      return {
        ...view,
        streams: {
          ...inner,
          create: async (stream) => {
            latest = stream;
            await new Promise((resolve) => void setImmediate(resolve));
            if (latest === stream) return inner.create(stream);
            const now = new Date().toISOString();
            return { createdAt: now, updatedAt: now, ...stream };
          },
        },
      };
    }),
};
