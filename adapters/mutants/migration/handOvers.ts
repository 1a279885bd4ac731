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
import { replaceStore } from '../idempotency/stores.ts';
import { replaceOuterStore } from '../stores.ts';
import { overSides, replaceMigration, withoutWrites } from './parts.ts';

const TOLD = ownToken('told');

/** A side whose state is only a record that instances read: the storage itself refuses nobody. */
function withoutRefusals(side: StorageAdapter): StorageAdapter {
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
    'A flag in a configuration service says which database is the primary; the old one still accepts writes from instances that have not noticed.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old, new: other }) => ({ old: withoutRefusals(old), new: withoutRefusals(other) })),
};

/** A side that claims to have ended a lease, but has not. */
function keepingLeases(side: StorageAdapter): StorageAdapter {
  return withAuthority(side, { endLease: () => true });
}

export const leasesKept: Mutant = {
  name: 'leases-kept',
  origin:
    'Jobs are copied with their status: those that a worker of the old queue held are "active" in the new one, where nobody ends them.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old, new: other }) => ({ old: keepingLeases(old), new: keepingLeases(other) })),
};

export const handOverTooEarly: Mutant = {
  name: 'hand-over-too-early',
  origin:
    'Writes are stopped and the other database is promoted at once: the last changes were still being copied, and are lost.',
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
    'The script stops writes to the old database, fails to promote the new one, and ends: nobody accepts writes until somebody is called.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ old, new: other }) => ({ old: forwardOnly(old), new: forwardOnly(other) })),
};

/** A side that can never decide again after it was told not to. */
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
    'The second writes end with the switch: after a move back, the old database is as it was at the switch.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ old }) => ({ old: withoutCopies(old) })),
};

/** A side that claims to store copies, but does not. */
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
    'Only the old database is fenced, as the move requires: before the move and after a move back, the new one accepts writes from everybody who knows it.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ new: other }) => ({ new: withoutRefusals(other) })),
};

export const newEventsStay: Mutant = {
  name: 'new-events-stay',
  origin:
    'The triggers that copy back exist only for tables whose rows change: events that were appended on the new database are missing on the old one.',
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

/** A side that does not show the entries of interrupted writes to what copies the last changes. */
function forgetful(side: StorageAdapter): StorageAdapter {
  const authority = side.authority as Authority;
  return withAuthority(side, {
    as(writer) {
      const handle = authority.as(writer);
      if (writer.role === 'deciding') return handle;
      return replaceStore(handle, (store) => ({
        async scan(request) {
          const { items, ...rest } = await store.scan(request);
          return { ...rest, items: items.filter(({ token }) => !token.startsWith(ownToken('intent-'))) };
        },
      }));
    },
  });
}

export const interruptedLeftBehind: Mutant = {
  name: 'interrupted-left-behind',
  origin:
    'The queue of changes is emptied before the switch; a change whose process died before it was queued is in no queue.',
  clauses: ['MIG-08'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ old }) => ({ old: forgetful(old) })),
};
