import {
  decodeCursor,
  encodeCursor,
  STAGES,
  type IdempotencyView,
  type LockedView,
  type PageRequest,
  type StreamStore,
} from '../../contract/index.ts';
import { lockOf, replaceLock, replaceView, type Mutant } from '../mutant.ts';
import { isOwnToken } from '../../migration/sides/owed.ts';
import { replaceOuterStore } from '../stores.ts';
import {
  COPY_LOCK,
  migrationOf,
  overSides,
  withPretendedWrites,
  replaceMigration,
  streamsOf,
  withoutWrites,
  withStage,
} from './parts.ts';

export const flagInTransaction: Mutant = {
  name: 'flag-in-transaction',
  origin: 'if (flags.readNew) within the repository: a running section switches to the other side.',
  clauses: ['MIG-06'],
  bases: ['migration'],
  mutate(given) {
    const { adapter, stage } = withStage(given);
    const other = streamsOf(migrationOf(adapter).new);
    return replaceView(adapter, (view) => {
      const began = stage();
      const streams = view.streams as StreamStore;
      const get: StreamStore['get'] = (id) =>
        stage() === 'cut-over' && began !== 'cut-over' ? other.get(id) : streams.get(id);
      return { ...view, streams: { ...streams, get } };
    });
  },
};

/** Writes of streams are made only while `copies` returns true. */
function copying(view: LockedView, copies: () => boolean): LockedView {
  const streams = view.streams as StreamStore;
  const silent = withoutWrites(view).streams as StreamStore;
  return {
    ...view,
    streams: {
      ...streams,
      create: (stream) => (copies() ? streams : silent).create(stream),
      put: (stream) => (copies() ? streams : silent).put(stream),
    },
  };
}

export const flagAtCommit: Mutant = {
  name: 'flag-at-commit',
  origin:
    'Whether a section is copied is decided at its commit: if the stage moved back in the meantime, the section is not copied although it began as one that is.',
  clauses: ['MIG-06'],
  bases: ['migration'],
  mutate(given) {
    let stage = (): string => 'dual';
    const copies = (): boolean => stage() === 'dual' || stage() === 'cut-over';
    const changed = overSides(given, ({ old, new: other }) => ({
      new: replaceLock(other, async (id, callback, options) => {
        if (!id.startsWith(COPY_LOCK))
          return lockOf(other)(id, (view) => callback(copying(view, copies)), options);
        return copies() ? lockOf(other)(id, callback, options) : withPretendedWrites(other, callback);
      }),
      old: replaceView(old, (view) => {
        const tokens = view.idempotency as IdempotencyView;
        const insert: IdempotencyView['insert'] = (record) =>
          isOwnToken(record.token) && !copies()
            ? { ...record, createdAt: '2030-01-01T00:00:00.000Z' }
            : tokens.insert(record);
        return { ...view, idempotency: { ...tokens, insert } };
      }),
    }));
    const watched = withStage(changed);
    stage = watched.stage;
    return watched.adapter;
  },
};

export const readsStay: Mutant = {
  name: 'reads-stay',
  origin: 'The flag of one surface is misspelled: after the cut-over, everybody still reads the old side.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate(adapter) {
    const old = streamsOf(migrationOf(adapter).old);
    return replaceOuterStore(adapter, 'streams', (streams) => ({
      ...streams,
      get: (id) => old.get(id),
      list: (request) => old.list(request),
      scan: (request) => old.scan(request),
    }));
  },
};

export const noWayBack: Mutant = {
  name: 'no-way-back',
  origin: 'Moving back was never tested: the failing new side is still written to.',
  clauses: ['MIG-06'],
  bases: ['migration'],
  mutate(given) {
    const { adapter, stage } = withStage(given);
    return replaceMigration(adapter, (migration) => ({
      async moveTo(next) {
        if (STAGES.indexOf(next) >= STAGES.indexOf(stage())) await migration.moveTo(next);
      },
    }));
  },
};

export const cursorOfOneSide: Mutant = {
  name: 'cursor-of-one-side',
  origin: 'The new side has its own cursors: a reader in the middle of a list is refused when reads move.',
  clauses: ['MIG-05', 'MIG-06'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ new: other }) => ({
      new: replaceOuterStore(other, 'streams', (streams) => ({
        ...streams,
        async list({ cursor, ...request }: PageRequest) {
          const own = cursor === undefined ? {} : { cursor: decodeCursor(cursor).slice(1) };
          const { items, nextCursor } = await streams.list({ ...request, ...own });
          return nextCursor === undefined ? { items } : { items, nextCursor: encodeCursor(`2${nextCursor}`) };
        },
      })),
    })),
};

export const readsMoveInPart: Mutant = {
  name: 'reads-move-in-part',
  origin: 'The flag applies to streams; users are still read on the old side.',
  clauses: ['MIG-05'],
  bases: ['migration'],
  mutate(adapter) {
    const old = migrationOf(adapter).old.streamRepository?.users;
    return replaceOuterStore(adapter, 'users', (users) => ({
      ...users,
      get: (walletAddress) => old?.get(walletAddress),
    }));
  },
};
