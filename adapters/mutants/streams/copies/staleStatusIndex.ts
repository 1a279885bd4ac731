import type { StreamStatus } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { pageOf, readAll, replaceLists, replaceStore, type Read } from '../../stores.ts';

/** Lists by status use an index that put does not update. */
export const staleStatusIndex: Mutant = {
  name: 'stale-status-index',
  origin:
    'Ids by status in a Set of their own (Redis SADD): create adds to it, but an update does not move the id.',
  clauses: ['STREAM-10'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const index = new Map<string, StreamStatus>();
    const indexed = replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: async (stream) => {
        const stored = await store.create(stream);
        index.set(stored.id, stored.status);
        return stored;
      },
    }));
    return replaceLists(indexed, (read, shape) => {
      if (shape.name !== 'streams.list') return read;
      const byStatus: Read = async ({ status, ...request }) => {
        if (status === undefined) return read(request);
        const all = await readAll(read, request);
        const shown = await readAll(read, { ...request, status });
        const own = all.filter((item) => {
          const id = shape.idOf(item);
          return index.has(id) ? index.get(id) === status : shown.some((one) => shape.idOf(one) === id);
        });
        const { items } = await read({ ...request, limit: 1 });
        const [first] = items;
        const from =
          first === undefined ? all.length : all.findIndex((one) => shape.idOf(one) === shape.idOf(first));
        const behind = new Set(all.slice(from));
        return pageOf(
          own.filter((item) => behind.has(item)),
          request.limit,
          shape,
        );
      };
      return byStatus;
    });
  },
};
