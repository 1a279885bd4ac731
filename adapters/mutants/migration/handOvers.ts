import {
  NO_AUTHORITY,
  StorageError,
  type Authority,
  type AuthorityState,
  type IdempotencyStore,
  type MigrationSide,
  type StorageAdapter,
} from '../../contract/index.ts';
import { ownRecord, ownToken } from '../../migration/sides/owed.ts';
import { extend, lockOf, replaceLock, withAuthority, type Mutant } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';
import { overSides, replaceMigration, withoutWrites } from './parts.ts';

const TOLD = ownToken('told');

/** The side whose state is a record that instances read: the storage itself refuses nobody. */
function toldOnly(side: StorageAdapter): StorageAdapter {
  const tokens = side.idempotencyStore as IdempotencyStore;
  const get = async (): Promise<AuthorityState> => {
    const told = await tokens.get(TOLD);
    return told === undefined ? NO_AUTHORITY : (JSON.parse(told.body) as AuthorityState);
  };
  return withAuthority(side, {
    get,
    async set(_, next) {
      await tokens.delete(TOLD);
      await tokens.insert(ownRecord(TOLD, next));
      return { ended: 0 };
    },
    as: () => side,
  });
}

export const handOverTold: Mutant = {
  name: 'hand-over-told',
  origin:
    'The flag in a configuration service says which database is the primary; the old one takes writes as before from whoever has not heard of it.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old, new: other }) => ({ old: toldOnly(old), new: toldOnly(other) })),
};

/** Says that it has ended a lease, and has not. */
function keepingLeases(side: StorageAdapter): StorageAdapter {
  return withAuthority(side, { endLease: () => true });
}

export const leasesKept: Mutant = {
  name: 'leases-kept',
  origin:
    'Jobs are copied with their status: those that a worker of the old queue held are "active" in the new one, where nobody will ever end them.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old, new: other }) => ({ old: keepingLeases(old), new: keepingLeases(other) })),
};

export const handOverTooEarly: Mutant = {
  name: 'hand-over-too-early',
  origin:
    'Writes are stopped and the other database is promoted at once: the last changes, which were on their way, stay behind.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) =>
    replaceMigration(adapter, (migration) => ({
      async handOver(to, { drainMs }) {
        const from: MigrationSide = to === 'old' ? 'new' : 'old';
        const leaving = migration[from].authority as Authority;
        const taking = migration[to].authority as Authority;
        const before = await leaving.get();
        const epoch = before.epoch + 1;
        const neither: AuthorityState = { epoch, decides: false, admitsUnmarked: false };
        const start = performance.now();
        const { ended } = await leaving.set(before, neither, drainMs);
        await taking.set(await taking.get(), neither, 0);
        await taking.set(neither, { ...neither, decides: true }, 0);
        return { epoch, from, to, gapMs: performance.now() - start, ended, copied: 0, requeued: 0 };
      },
    })),
};

export const handOverNotGivenBack: Mutant = {
  name: 'hand-over-not-given-back',
  origin:
    'The script stops writes to the old database, fails to promote the new one, and ends: nobody takes writes until somebody is woken.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old, new: other }) => ({ old: forwardOnly(old), new: forwardOnly(other) })),
};

/** The side that nobody can make decide again once it was told not to. */
function forwardOnly(side: StorageAdapter): StorageAdapter {
  const authority = side.authority as Authority;
  return extend(side, {
    authority: {
      ...authority,
      async set(expected, next, drainMs) {
        const isGivenBack = next.decides && !expected.decides && next.epoch !== expected.epoch;
        if (isGivenBack) throw new StorageError('UNAVAILABLE', 'Nobody has written that part of the script.');
        return authority.set(expected, next, drainMs);
      },
    },
  });
}

export const noCopiesBack: Mutant = {
  name: 'no-copies-back',
  origin:
    'The second writes end with the switch: whoever goes back finds the old database as it was on that day.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ old }) => ({ old: withoutCopies(old) })),
};

/** The side that takes no copies, and says that it has. */
function withoutCopies(side: StorageAdapter): StorageAdapter {
  const authority = side.authority as Authority;
  return extend(side, {
    authority: {
      ...authority,
      as(writer) {
        const handle = authority.as(writer);
        if (writer.role === 'deciding') return handle;
        return replaceLock(handle, (id, callback, options) =>
          lockOf(handle)(id, (view) => callback(withoutWrites(view)), options),
        );
      },
    },
  });
}

export const newSideUnfenced: Mutant = {
  name: 'new-side-unfenced',
  origin:
    'Only the old database is fenced, as it has to be on the day of the move: the new one takes writes from whoever knows it, before that day and after the way back.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ new: other }) => ({ new: toldOnly(other) })),
};

export const newEventsStay: Mutant = {
  name: 'new-events-stay',
  origin:
    'The triggers that copy back are on tables whose rows change: events that were appended in the time of the new database are not on the old one.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old }) => ({
      old: withAuthority(old, {
        as(writer) {
          const handle = (old.authority as Authority).as(writer);
          if (writer.role === 'deciding') return handle;
          return replaceOuterStore(handle as StorageAdapter, 'activity', (activity) => ({
            ...activity,
            append: (event) => event as never,
          }));
        },
      }),
    })),
};
