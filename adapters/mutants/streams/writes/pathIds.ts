import { StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceStore } from '../../stores.ts';

/** An id is used as a path, so a stream prevents others whose ids begin with its id and a slash. */
export const pathIds: Mutant = {
  name: 'path-ids',
  origin: 'A file for each record: "foo" is a file, but "foo/bar" needs a folder with this name (ENOTDIR).',
  clauses: ['STREAM-02'],
  bases: ['memory'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: async (stream) => {
        const parts = typeof stream?.id === 'string' ? stream.id.split(/[/:]/) : [];
        for (let count = 1; count < parts.length; count += 1) {
          const parent = stream.id.slice(0, parts.slice(0, count).join('/').length);
          if (parent !== '' && (await store.get(parent)) !== undefined)
            throw new StorageError('UNAVAILABLE', 'ENOTDIR: not a directory');
        }
        return store.create(stream);
      },
    })),
};
