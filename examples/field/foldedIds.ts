import { changeStreams, field } from './base.ts';

// The collation of the id column ignores case.
export default field('folded-ids', (adapter) =>
  changeStreams(adapter, (streams) => {
    const spelled = new Map<string, string>();
    const known = (id: string): string => spelled.get(id.toLowerCase()) ?? id;
    return {
      async create(stream) {
        const created = await streams.create({ ...stream, id: known(stream.id) });
        spelled.set(created.id.toLowerCase(), created.id);
        return created;
      },
      put: (stream) => streams.put({ ...stream, id: known(stream.id) }),
      get: (id) => streams.get(known(id)),
    };
  }),
);
