/**
 * A unit of work sends inserts and updates first, and deletes last: a record that was removed and stored again is
 * gone.
 */
import type { ExportRepository, LockedView, StreamStore } from '../../../contract/index.ts';
import { flushing } from '../../flushing.ts';
import type { Mutant } from '../../mutant.ts';

interface Deleting {
  delete(id: string): ReturnType<StreamStore['delete']>;
}

/** `store`, which adds what it deletes to `deleted`. */
function remembering<Store extends Deleting>(store: Store, deleted: Set<string>): Store {
  const remove = async (id: string): Promise<boolean> => {
    deleted.add(id);
    return store.delete(id);
  };
  return { ...store, delete: remove };
}

function deletesLast(
  about: Pick<Mutant, 'name' | 'origin'>,
  storeOf: (view: LockedView) => Deleting,
  changed: (view: LockedView, deleted: Set<string>) => LockedView,
): Mutant {
  return {
    ...about,
    clauses: ['LOCK-14'],
    bases: ['memory', 'postgres'],
    mutate: (adapter) =>
      flushing(adapter, (view) => {
        const deleted = new Set<string>();
        const flush = async (): Promise<void> => {
          for (const one of deleted) await storeOf(view).delete(one);
        };
        return { view: changed(view, deleted), flush };
      }),
  };
}

export const streamDeletesLast: Mutant = deletesLast(
  {
    name: 'stream-deletes-last',
    origin: 'flush() of Hibernate, Doctrine and MikroORM: in one unit of work, deletes come after inserts.',
  },
  ({ streams }) => streams as StreamStore,
  (view, deleted) => ({ ...view, streams: remembering(view.streams as StreamStore, deleted) }),
);

export const jobDeletesLast: Mutant = deletesLast(
  {
    name: 'job-deletes-last',
    origin:
      'The same unit of work for export jobs: a job that replaces an earlier one with its id is deleted together with it.',
  },
  ({ exports }) => (exports as ExportRepository).jobs,
  (view, deleted) => {
    const { jobs, audit } = view.exports as ExportRepository;
    return { ...view, exports: { jobs: remembering(jobs, deleted), audit } };
  },
);
