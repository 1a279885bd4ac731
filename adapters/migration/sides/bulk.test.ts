import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  MOVED_KINDS,
  type Applied,
  type Authority,
  type Bulk,
  type MovedKind,
} from '../../contract/index.ts';
import { createMemoryAdapter } from '../../memory/index.ts';
import { useServer, type FullAdapter } from '../../postgres/testing/server.ts';
import { scanOf } from './kinds.ts';
import { everyRow, storesOf } from './sides.ts';
import { createMigratingAdapter } from '../index.ts';
import { HARMLESS, SEEDED } from '../testing/twins.ts';

const server = useServer();
const LATER = '2999-01-01T00:00:00.000Z';

const bulkOf = ({ bulk }: FullAdapter): Bulk => bulk as Bulk;

/** Every record of the twins' old sides, by kind; those that would have expired do not. */
const RECORDS = new Map<MovedKind, Map<string, object>>(MOVED_KINDS.map((kind) => [kind, new Map()]));
for (const { kind, old } of [...SEEDED, ...HARMLESS]) {
  if (old === undefined) continue;
  const row = kind === 'idempotency' ? { ...old, expiresAt: LATER } : old;
  const { id, walletAddress, token } = row as Readonly<Record<string, string | undefined>>;
  RECORDS.get(kind)?.set((id ?? walletAddress ?? token) as string, row);
}

async function rowsOf(adapter: FullAdapter, kind: MovedKind): Promise<unknown[]> {
  const scan = scanOf(storesOf(adapter), kind);
  const rows: unknown[] = [];
  if (scan !== undefined) for await (const row of everyRow(scan, 1000)) rows.push(row);
  return rows;
}

async function applied(adapter: FullAdapter, from: FullAdapter, kind: MovedKind): Promise<Applied> {
  const ids = [...new Set([...(await bulkOf(from).ids(kind, {})), ...(await bulkOf(adapter).ids(kind, {}))])];
  return bulkOf(adapter).apply(kind, ids, async (wanted) => bulkOf(from).get(kind, wanted));
}

async function fill(adapter: FullAdapter, kind: MovedKind): Promise<Applied> {
  const records = RECORDS.get(kind) as Map<string, object>;
  return bulkOf(adapter).apply(kind, [...records.keys()], async () => records);
}

describe('bulk copies of every kind', () => {
  it('are exact, and change nothing twice', async () => {
    const from = await server.open('bulk_from');
    const to = await server.open('bulk_to');
    for (const kind of MOVED_KINDS) {
      const records = RECORDS.get(kind) as Map<string, object>;
      expect(await fill(from, kind)).toEqual({ put: records.size, removed: 0 });
      expect(await bulkOf(from).count(kind)).toBe(records.size);
      for (const row of await rowsOf(from, kind)) expect([...records.values()]).toContainEqual(row);

      expect(await applied(to, from, kind)).toEqual({ put: records.size, removed: 0 });
      expect(await rowsOf(to, kind)).toStrictEqual(await rowsOf(from, kind));
      expect(await bulkOf(to).checksum(kind, {})).toEqual(await bulkOf(from).checksum(kind, {}));
      expect(await applied(to, from, kind)).toEqual({ put: 0, removed: 0 });
    }
  });

  it('remove what is not there, and replace an event of the same id', async () => {
    const adapter = await server.open('bulk_replaced');
    for (const kind of MOVED_KINDS) {
      await fill(adapter, kind);
      const [first, second] = await bulkOf(adapter).ids(kind, {});
      const ids = [first, second] as string[];
      const record = (await bulkOf(adapter).get(kind, ids)).get(second as string) as object;
      const field = { createdAt: 'createdAt', timestamp: 'timestamp', requestedAt: 'requestedAt' };
      const time = Object.keys(field).find((name) => name in record) as string;
      const other = { ...record, [time]: '2030-02-02T00:00:00.000Z' };
      const copies = new Map([[second as string, other]]);
      const applied = await bulkOf(adapter).apply(kind, ids, async () => copies);
      expect(applied).toEqual({ put: 1, removed: 1 });
      expect(await bulkOf(adapter).get(kind, ids)).toEqual(copies);
    }
  });

  it('leave an event alone that was appended after the deciding side had been read', async () => {
    const old = createMemoryAdapter({ namespace: randomUUID(), clock: Date.now });
    const to = await server.open('bulk_beside');
    const { activity } = to.streamRepository;
    const writer = createMigratingAdapter({ old, new: to, stage: 'dual' });
    const late: typeof activity = {
      ...activity,
      scan: async (request) => {
        await writer.streamRepository?.activity?.append({ id: 'late', type: 'settled', description: '' });
        return activity.scan(request);
      },
    };
    const copier = createMigratingAdapter({
      old,
      new: { ...to, streamRepository: { ...to.streamRepository, activity: late } },
      stage: 'dual',
    });
    expect(await copier.migration?.backfill(1000)).toMatchObject({ failed: [], done: true });
    expect(await bulkOf(to).ids('activity', {})).toEqual(['late']);
  });

  it('are refused by a storage that does not accept their writer', async () => {
    const adapter = await server.open('bulk_fenced');
    const authority = adapter.authority as Authority;
    const [before, next] = [await authority.get(), { epoch: 1, decides: false, admitsUnmarked: false }];
    await authority.set(before, next, 1000);
    const records = RECORDS.get('activity') as Map<string, object>;
    const copyFor = async (epoch: number): Promise<unknown> =>
      authority
        .as({ epoch, role: 'copying' })
        .bulk?.apply('activity', [...records.keys()], async () => records);
    await expect(copyFor(2)).rejects.toMatchObject({ code: 'FENCED' });
    await expect(fill(adapter, 'activity')).rejects.toMatchObject({ code: 'FENCED' });
    expect(await copyFor(1)).toEqual({ put: records.size, removed: 0 });
  });

  it('have sums by range, which tell one record that differs', async () => {
    const adapter = await server.open('bulk_sums');
    for (const kind of MOVED_KINDS) {
      await fill(adapter, kind);
      const bulk = bulkOf(adapter);
      const ids = await bulk.ids(kind, {});
      const [first, second] = ids as [string, string];
      expect(await bulk.ids(kind, { after: first, limit: 2 })).toEqual(ids.slice(1, 3));
      expect(await bulk.checksum(kind, { limit: 2 })).toMatchObject({ count: 2, last: second });
      const sum = await bulk.checksum(kind, { upTo: second });
      expect(sum).toMatchObject({ count: 2, last: second });
      const empty = await bulk.checksum(kind, { after: ids.at(-1) as string });
      expect(empty).toEqual({ count: 0, digest: expect.any(String) });
      const one = await bulk.checksum(kind, { after: first, upTo: second });
      expect(one.digest).not.toBe(sum.digest);
    }
  });
});

describe('bulk copies', () => {
  it('are all there or none, wait for a copy that is made alone, and leave nobody with a copied job', async () => {
    const adapter = await server.open('bulk_whole');
    const records = RECORDS.get('streams') as Map<string, object>;
    const [id, row] = [...records][0] as [string, object];
    const wrong = new Map([
      [id, row],
      ['wrong', { ...row, id: 'wrong', status: 'unknown' }],
    ]);
    const refused = bulkOf(adapter).apply('streams', [...wrong.keys()], async () => wrong);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(await bulkOf(adapter).ids('streams', {})).toEqual([]);
    const unread = bulkOf(adapter).apply('streams', [id], () => Promise.reject(new Error('no answer')));
    await expect(unread).rejects.toThrow('no answer');

    const { jobs } = adapter.exportRepository;
    await jobs.create({ id: 'taken', ownerId: 'o', fileName: 'f' });
    const taken = await jobs.claimNext?.('worker', 60_000);
    const copy = new Map([['taken', { ...taken?.job, attempts: 2 }]]);
    expect(await bulkOf(adapter).apply('jobs', ['taken'], async () => copy)).toEqual({ put: 1, removed: 0 });
    await expect(jobs.heartbeat?.(taken?.claim as string)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await jobs.claimNext?.('worker', 60_000)).toBeUndefined();
  });
});
