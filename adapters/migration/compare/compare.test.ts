import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  StorageError,
  type ExportJob,
  type IdempotencyStore,
  type Migration,
  type StorageAdapter,
  type StreamStore,
} from '../../contract/index.ts';
import { createMemoryAdapter } from '../../memory/index.ts';
import { writeJob } from '../copies/jobs.ts';
import { ownRecord, ownToken } from '../sides/owed.ts';
import { HARMLESS, SEEDED, type Twin } from '../testing/twins.ts';
import { lockOf, stream, streamsOf } from '../testing/streams.ts';
import { createMigratingAdapter } from '../index.ts';

type Migrating = StorageAdapter & { readonly migration: Migration };

const NOW_MS = Date.UTC(2030, 5, 1);
const EVERYTHING = 1000;

function side(clock: () => number = () => NOW_MS): StorageAdapter {
  return createMemoryAdapter({ namespace: randomUUID(), clock });
}

function migrating(other: StorageAdapter = side(), old: StorageAdapter = side()): Migrating {
  return createMigratingAdapter({ old, new: other, stage: 'dual' }) as Migrating;
}

function withStreams(
  adapter: StorageAdapter,
  change: (streams: StreamStore) => Partial<StreamStore>,
): StorageAdapter {
  const streams = streamsOf(adapter);
  const repository = lockOf(adapter);
  // Copies are written in sections.
  const withLock: typeof repository.withLock = (id, callback, options) =>
    repository.withLock(
      id,
      (view) => {
        const viewed = view.streams as StreamStore;
        return callback({ ...view, streams: { ...viewed, ...change(viewed) } });
      },
      options,
    );
  return {
    ...adapter,
    streamRepository: { ...repository, withLock, streams: { ...streams, ...change(streams) } },
  };
}

/** The side whose writes take so long, and whose reads do not. */
function slow(adapter: StorageAdapter, ms: number): StorageAdapter {
  return withStreams(adapter, (streams) => ({
    create: async (row) => (await sleep(ms), streams.create(row)),
    put: async (row) => (await sleep(ms), streams.put(row)),
    delete: async (id) => (await sleep(ms), streams.delete(id)),
  }));
}

/** Stores the record as it is on one side, past the migration. */
async function store(adapter: StorageAdapter, kind: Twin['kind'], row: object): Promise<void> {
  const { streamRepository, idempotencyStore, exportRepository } = adapter;
  if (kind === 'streams') await streamRepository?.streams?.create(row as never);
  else if (kind === 'users') await streamRepository?.users?.put(row as never);
  else if (kind === 'activity') await streamRepository?.activity?.append(row as never);
  else if (kind === 'idempotency') await idempotencyStore?.insert(row as never);
  else if (kind === 'audit') await exportRepository?.audit.append(row as never);
  else await writeJob(exportRepository!.jobs, (row as ExportJob).id, undefined, row as ExportJob);
}

async function stored(twins: readonly Twin[]): Promise<Migrating> {
  const adapter = migrating();
  for (const { kind, old, new: other } of twins) {
    if (old !== undefined) await store(adapter.migration.old, kind, old);
    if (other !== undefined) await store(adapter.migration.new, kind, other);
  }
  return adapter;
}

describe('comparison of two sides at rest', () => {
  it(`names each of ${SEEDED.length} differences, with its record, its fields and both values`, async () => {
    const { differences, unread } = await (await stored(SEEDED)).migration.compare(EVERYTHING);
    const records = differences.filter(({ what }) => what !== 'order');
    const byName = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect([...records].sort(byName)).toEqual(SEEDED.map(({ expected }) => expected).sort(byName));
    expect(differences.filter(({ what }) => what === 'order')).toEqual([]);
    expect(unread).toEqual([]);
  });

  it(`names none of ${HARMLESS.length} variations that say the same`, async () => {
    const adapter = await stored(HARMLESS);
    const old = adapter.migration.old.idempotencyStore as Required<IdempotencyStore>;
    // What is no record: an execution, and the migration's own.
    await old.begin('pay:under-way', 'a'.repeat(64), 60_000);
    await old.insert(ownRecord(ownToken('backfill'), { kind: 'streams' }));
    expect(await adapter.migration.compare(EVERYTHING)).toMatchObject({
      differences: [],
      owed: 0,
      unread: [],
    });
  });
});

describe('comparison of lists', () => {
  const tied = { createdAt: '2030-01-01T00:00:00.123456Z' };

  async function listed(change: (streams: StreamStore) => Partial<StreamStore>): Promise<Migrating> {
    const adapter = migrating(withStreams(side(), change));
    for (const id of ['b', 'a', 'B', 'ä', 'c']) await streamsOf(adapter).create(stream(id, tied));
    return adapter;
  }

  it('names where records of one time come in another order', async () => {
    const adapter = await listed((streams) => ({
      async list(request) {
        const { items } = await streams.list({ limit: EVERYTHING });
        const swapped = [...items].reverse();
        const at =
          request.cursor === undefined ? 0 : Number(Buffer.from(request.cursor, 'base64').toString()) || 1;
        return { items: swapped.slice(at, at + request.limit) };
      },
    }));
    const { differences } = await adapter.migration.compare(EVERYTHING);
    expect(differences).toContainEqual({
      kind: 'streams',
      id: 'B',
      what: 'order',
      limit: 2,
      values: { id: { old: 'B', new: 'ä' } },
    });
  });

  it('names where a cursor of one side does not go on at the other, and where a list ends early', async () => {
    const foreign = await listed((streams) => ({
      async list(request) {
        if (request.cursor !== undefined) throw new StorageError('INVALID_CURSOR', 'not one of mine');
        return streams.list(request);
      },
    }));
    expect((await foreign.migration.compare(EVERYTHING)).unread).toEqual([
      { kind: 'streams', from: 'new', reason: 'INVALID_CURSOR: not one of mine' },
    ]);
    const short = await listed((streams) => ({
      async list(request) {
        const { nextCursor: _, ...page } = await streams.list(request);
        return page;
      },
    }));
    const { differences } = await short.migration.compare(EVERYTHING);
    expect(differences).toEqual([]);
    const skipping = await listed((streams) => ({
      async list(request) {
        const page = await streams.list(request);
        return { ...page, items: page.items.filter(({ id }) => id !== 'b') };
      },
    }));
    expect((await skipping.migration.compare(EVERYTHING)).differences).toContainEqual({
      kind: 'streams',
      id: 'b',
      what: 'order',
      limit: 1,
      values: { id: { old: 'b', new: 'c' } },
    });
  });

  it('does not mind shorter pages, nor a cursor behind the last row', async () => {
    const adapter = await listed((streams) => ({
      async list(request) {
        const page = await streams.list({ ...request, limit: 1 });
        const last = page.items.at(-1);
        return last === undefined || page.nextCursor !== undefined
          ? page
          : { ...page, nextCursor: Buffer.from(`${last.createdAt}|${last.id}`).toString('base64') };
      },
    }));
    expect((await adapter.migration.compare(EVERYTHING)).differences).toEqual([]);
  });
});

describe('comparison while others write', () => {
  it('names nothing that is on its way to a side that writes in 60 ms', async () => {
    const adapter = migrating(slow(side(), 60));
    const streams = streamsOf(adapter);
    const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);
    await Promise.all(ids.map((id) => streams.create(stream(id))));
    const over = new AbortController();
    const writers = [
      (async () => {
        for (let turn = 1; !over.signal.aborted; turn += 1)
          await streams.put(stream(`s${turn % 3}`, { revision: turn }));
      })(),
      (async () => {
        for (let turn = 1; !over.signal.aborted; turn += 1) {
          await streams.create(stream(`n${turn}`));
          if (turn % 2 === 0) await streams.delete(`n${turn}`);
        }
      })(),
      (async () => {
        for (let turn = 1; !over.signal.aborted; turn += 1)
          await streams.put(stream('s9', { revision: turn }));
      })(),
    ];
    for (let turn = 0; turn < 10; turn += 1) {
      const { differences, unread } = await adapter.migration.compare(EVERYTHING);
      expect({ differences, unread }).toEqual({ differences: [], unread: [] });
    }
    over.abort();
    await Promise.all(writers);
    await streamsOf(adapter.migration.new).put(stream('s5', { revision: 7 }));
    const { differences } = await adapter.migration.compare(EVERYTHING);
    expect(differences.map(({ id, fields }) => [id, fields])).toEqual([['s5', ['revision', 'updatedAt']]]);
  });

  it('takes a record that owes a copy for a debt, and for no difference', async () => {
    let isOff = false;
    const refusing = withStreams(side(), (streams) => ({
      put(row) {
        if (isOff) throw new StorageError('UNAVAILABLE', 'the disk is full');
        return streams.put(row);
      },
    }));
    const adapter = migrating(refusing);
    for (const id of ['a', 'b']) await streamsOf(adapter).create(stream(id));
    isOff = true;
    await streamsOf(adapter).put(stream('a', { revision: 1 }));
    expect(await adapter.migration.compare(EVERYTHING)).toMatchObject({
      differences: [],
      owed: 1,
      unread: [],
    });
    await expect(adapter.migration.moveTo('cut-over')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { owed: 1 },
    });
  });
});

describe('what cannot be read', () => {
  const failing = (name: 'scan' | 'get' | 'list') =>
    withStreams(side(), () => ({
      [name]: () => {
        throw new StorageError('UNAVAILABLE', `no ${name} today`);
      },
    }));

  it.each(['scan', 'list'] as const)('is neither the same nor clean: %s', async (name) => {
    for (const from of ['old', 'new'] as const) {
      const sides =
        from === 'old' ? { old: failing(name), new: side() } : { old: side(), new: failing(name) };
      const adapter = createMigratingAdapter({ ...sides, stage: 'dual' }) as Migrating;
      expect(await adapter.migration.compare(EVERYTHING)).toMatchObject({
        differences: [],
        unread: [{ kind: 'streams', from, reason: `UNAVAILABLE: no ${name} today` }],
      });
      await expect(adapter.migration.moveTo('cut-over')).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { unread: { kind: 'streams', from } },
      });
    }
  });

  it('is named by its record where one alone cannot be read', async () => {
    const other = failing('get');
    const adapter = migrating(other);
    await streamsOf(adapter.migration.old).create(stream('a'));
    await streamsOf(other).create(stream('a', { revision: 1 }));
    expect((await adapter.migration.compare(EVERYTHING)).unread).toEqual([
      { kind: 'streams', id: 'a', from: 'new', reason: 'UNAVAILABLE: no get today' },
    ]);
  });

  /** A new side that answers nobody while it is silent. */
  function silent(isSilent: () => boolean): Migrating {
    const whole = side();
    const never = new Promise<never>(() => {});
    const other = withStreams(whole, (streams) => ({
      scan: (request) => (isSilent() ? never : streams.scan(request)),
    }));
    const tokens = other.idempotencyStore as IdempotencyStore;
    const idempotencyStore = {
      ...tokens,
      get: (token: string) => (isSilent() ? never : tokens.get(token)),
    };
    return createMigratingAdapter({
      old: side(),
      new: { ...other, idempotencyStore },
      stage: 'dual',
      newSideBoundMs: 100,
    }) as Migrating;
  }

  it('is said within a few bounds of a side that never answers', async () => {
    const { unread } = await silent(() => true).migration.compare(EVERYTHING);
    expect(unread.map(({ kind, from }) => `${kind} ${from}`)).toContain('streams new');
  });

  it('is read again on a side that was silent for a moment', async () => {
    let asked = 0;
    const adapter = silent(() => (asked += 1) <= 2);
    await streamsOf(adapter.migration.old).create(stream('a'));
    expect(await adapter.migration.compare(EVERYTHING)).toMatchObject({
      differences: [{ kind: 'streams', id: 'a', what: 'missing' }],
      unread: [],
    });
    expect(asked).toBeGreaterThan(2);
  });
});
