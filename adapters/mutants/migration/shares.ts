import { createHash } from 'node:crypto';
import type { ReadSurface, StorageAdapter } from '../../contract/index.ts';
import { isWithin } from '../../migration/direction/reads.ts';
import { extend, type Mutant } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';
import { migrationOf, replaceMigration, streamsOf, withOrders } from './parts.ts';

/** While a share of the streams is read on the new side, `readsNew` decides for each stream. */
function sharedBy(given: StorageAdapter, readsNew: (share: number, id: string) => boolean): StorageAdapter {
  const { adapter, last } = withOrders(given);
  const { old, new: other } = migrationOf(adapter);
  return replaceOuterStore(adapter, 'streams', (streams) => ({
    ...streams,
    get(id) {
      const share = last()?.reads.streams ?? 0;
      if (share === 0) return streams.get(id);
      return streamsOf(readsNew(share, id) ? other : old).get(id);
    },
  }));
}

export const shareNotSticky: Mutant = {
  name: 'share-not-sticky',
  origin:
    'if (Math.random() < rollout): a client that reloads a page sees a stream on one database, and then on the other.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate(adapter) {
    let reads = 0;
    return sharedBy(adapter, (share) => ((reads += 1) * 37) % 100 < share);
  },
};

export const shareReshuffles: Mutant = {
  name: 'share-reshuffles',
  origin: 'The share is part of the hash: as it grows, streams that had moved go back.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate: (adapter) =>
    sharedBy(adapter, (share, id) =>
      isWithin(share, `${share} ${createHash('md5').update(id).digest('hex')}`),
    ),
};

export const shareIsASwitch: Mutant = {
  name: 'share-is-a-switch',
  origin: 'if (rollout) instead of a comparison with it: one percent moves everybody.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate: (adapter) => sharedBy(adapter, () => true),
};

export const shadowAnswers: Mutant = {
  name: 'shadow-answers',
  origin: 'Promise.all([control(), candidate()]), and then the wrong result of the two is returned.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate(given) {
    const { adapter, last } = withOrders(given);
    const other = streamsOf(migrationOf(adapter).new);
    return replaceOuterStore(adapter, 'streams', (streams) => ({
      ...streams,
      async get(id) {
        const [control, candidate] = await Promise.allSettled([streams.get(id), other.get(id)]);
        if (last()?.shadow === true && candidate.status === 'fulfilled') return candidate.value;
        if (control.status === 'rejected') throw control.reason;
        return control.value;
      },
    }));
  },
};

export const shadowFails: Mutant = {
  name: 'shadow-fails',
  origin: 'The shadow read is awaited together with the real one: its error fails the request.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate(given) {
    const { adapter, last } = withOrders(given);
    const other = streamsOf(migrationOf(adapter).new);
    return replaceOuterStore(adapter, 'streams', (streams) => ({
      ...streams,
      async get(id) {
        if (last()?.shadow === true) await other.get(id);
        return streams.get(id);
      },
    }));
  },
};

export const surfacesMoveTogether: Mutant = {
  name: 'surfaces-move-together',
  origin: 'One flag for all tables of a schema: users are read on the new database as soon as events are.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate(given) {
    const { adapter, last } = withOrders(given);
    const other = migrationOf(adapter).new.streamRepository?.users;
    return replaceOuterStore(adapter, 'users', (users) => ({
      ...users,
      get: (id) => ((last()?.reads.activity ?? 0) > 0 ? other : users)?.get(id),
    }));
  },
};

export const shadowEventsAnswer: Mutant = {
  name: 'shadow-events-answer',
  origin:
    'Each store has its own copy of the shadow read, and the one of events returns the wrong result of the two.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate(given) {
    const { adapter, last } = withOrders(given);
    const other = migrationOf(adapter).new.streamRepository?.activity;
    return replaceOuterStore(adapter, 'activity', (activity) => ({
      ...activity,
      list: (request) => (last()?.shadow === true && other !== undefined ? other : activity).list(request),
    }));
  },
};

/** Each of these surfaces has a mutant that moves all of its keys instead of a share. */
const SWITCHED = ['users', 'activity', 'idempotency', 'exports'] as const satisfies readonly ReadSurface[];

export const shareOfOneIsASwitch: readonly Mutant[] = SWITCHED.map((surface) => ({
  name: `share-of-${surface}-switch`,
  origin:
    'The rollout was written for the busiest table. The others have a boolean: any share above zero moves all of their keys.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate: (adapter) =>
    replaceMigration(adapter, (migration) => ({
      instruct(order) {
        const share = (order.reads?.[surface] ?? 0) > 0 ? { [surface]: 100 } : {};
        return migration.instruct(order.reads ? { ...order, reads: { ...order.reads, ...share } } : order);
      },
    })),
}));

export const auditShareIgnored: Mutant = {
  name: 'audit-share-ignored',
  origin:
    'The share applies to jobs. Their audit is in another module, which only knows whether anything has moved.',
  clauses: ['MIG-11'],
  bases: ['migration'],
  mutate(given) {
    const { adapter, last } = withOrders(given);
    const { exportRepository } = adapter;
    const other = migrationOf(adapter).new.exportRepository;
    if (exportRepository === undefined || other === undefined) return adapter;
    const { audit } = exportRepository;
    const list: typeof audit.list = (request) =>
      ((last()?.reads.exports ?? 0) > 0 ? other.audit : audit).list(request);
    return extend(adapter, { exportRepository: { ...exportRepository, audit: { ...audit, list } } });
  },
};
