import { describe, expect, it } from 'vitest';
import type { Bulk, Comparison, IdempotencyStore, Migration, StorageAdapter } from '../../contract/index.ts';
import { schemaOf } from '../../postgres/target/namespace.ts';
import { useServer, type FullAdapter } from '../../postgres/testing/server.ts';
import pg from 'pg';
import { createMigratingAdapter } from '../index.ts';
import { entryOf } from '../sides/owed.ts';
import { stream, streamsOf } from '../testing/streams.ts';

const server = useServer();
const EVERYTHING = 1000;
const TIME = '2030-01-01T00:00:00.000Z';
const COUNT = 300;

type Migrating = StorageAdapter & { readonly migration: Migration };

interface Watched {
  readonly adapter: Migrating;
  readonly newSchema: string;
  /** Records of the old side that were read, and calls that sum or list them. */
  readonly reads: string[];
}

/** Two sides with the same streams, compared once. */
async function alike(name: string): Promise<Watched> {
  const [old, other] = [await server.open(`changed_old_${name}`), await server.open(`changed_new_${name}`)];
  const reads: string[] = [];
  const bulk = old.bulk as Bulk;
  const { streamRepository } = old;
  const { streams } = streamRepository;
  const watched: FullAdapter = {
    ...old,
    streamRepository: {
      ...streamRepository,
      streams: { ...streams, list: (request) => (reads.push('list'), streams.list(request)) },
    },
    bulk: {
      ...bulk,
      checksum: (kind, range) => (reads.push('sum'), bulk.checksum(kind, range)),
      get: (kind, ids) => (reads.push(...ids), bulk.get(kind, ids)),
    },
  };
  const adapter = createMigratingAdapter({ old: watched, new: other, stage: 'dual' }) as Migrating;
  const records = Array.from({ length: COUNT }, (_, index) => ({
    ...stream(`s${String(index).padStart(3, '0')}`),
    createdAt: TIME,
    updatedAt: TIME,
  }));
  const byId = new Map(records.map((record) => [record.id, record]));
  for (const side of [old, other]) await side.bulk?.apply('streams', [...byId.keys()], async () => byId);
  expect(await whole(adapter)).toMatchObject({ differences: [], compared: COUNT });
  reads.length = 0;
  return { adapter, newSchema: schemaOf(`changed_new_${name}`), reads };
}

const whole = async ({ migration }: Migrating): Promise<Comparison> => migration.compare(EVERYTHING);
const changed = async ({ migration }: Migrating): Promise<Comparison> =>
  migration.compare(EVERYTHING, { onlyChanged: true });

function found({ differences }: Comparison): (readonly [string, string])[] {
  return differences.map(({ id, what }) => [id, what] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe('a comparison of what has changed', () => {
  it('reads what was written since the last one that found nothing, and nothing else', async () => {
    const { adapter, reads } = await alike('reads');
    expect(await changed(adapter)).toMatchObject({ differences: [], compared: 0 });
    // Lists of many records are sampled.
    expect(reads.filter((call) => call === 'list').length).toBeLessThan(COUNT / 5);
    reads.length = 0;
    await streamsOf(adapter).put({ ...stream('s005', { revision: 7 }) });
    await streamsOf(adapter).create(stream('t'));
    // On a starved machine a copy is given up and owed.
    await adapter.migration.repair(EVERYTHING);
    expect(await changed(adapter)).toMatchObject({ differences: [], unread: [], compared: 2, owed: 0 });
    expect(reads.filter((id) => id === 'sum')).toEqual([]);
    expect(reads).toEqual(expect.arrayContaining(['s005', 't']));
    expect(reads.filter((id) => !['s005', 't', 'list'].includes(id)).length).toBeLessThan(10);
    // That one found nothing either: the next one begins there.
    expect(await changed(adapter)).toMatchObject({ differences: [], compared: 0 });
  });

  it.each<[string, (side: StorageAdapter) => Promise<unknown>, (readonly [string, string])[]]>([
    ['changed', async (side) => streamsOf(side).put(stream('s007', { revision: 9 })), [['s007', 'differs']]],
    ['removed', async (side) => streamsOf(side).delete('s007'), [['s007', 'missing']]],
    ['added', async (side) => streamsOf(side).create(stream('s0071')), [['s0071', 'extra']]],
    [
      'removed, and another one added',
      async (side) => [await streamsOf(side).delete('s007'), await streamsOf(side).create(stream('z'))],
      [
        ['s007', 'missing'],
        ['z', 'extra'],
      ],
    ],
  ])('names what somebody has %s on the new side, again and again', async (name, tamper, expected) => {
    const { adapter } = await alike(name.replaceAll(/\W/g, ''));
    await tamper(adapter.migration.new);
    expect(found(await changed(adapter))).toEqual(expected);
    expect(found(await changed(adapter))).toEqual(expected);
    await expect(adapter.migration.moveTo('cut-over')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('names what a transaction has changed in a savepoint that was open as the last one looked', async () => {
    const { adapter, newSchema } = await alike('savepoint');
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query('BEGIN; SAVEPOINT within');
    await client.query(`UPDATE "${newSchema}".streams SET revision = revision + 1 WHERE id = 's009'`);
    await client.query('RELEASE SAVEPOINT within');
    // Others begin and end meanwhile.
    await streamsOf(adapter).put({ ...stream('s010', { revision: 3 }) });
    expect(found(await changed(adapter))).toEqual([]);
    await client.query('COMMIT');
    await client.end();
    expect(found(await changed(adapter))).toEqual([['s009', 'differs']]);
  });

  it('compares everything where the last one found a debt, or nothing was compared', async () => {
    const { adapter, reads } = await alike('debt');
    const tokens = adapter.migration.old.idempotencyStore as IdempotencyStore;
    const entry = entryOf('owed', [{ kind: 'streams', id: 's011' }]);
    await streamsOf(adapter.migration.old).put({ ...stream('s011', { revision: 2 }) });
    await tokens.insert(entry);
    expect(await whole(adapter)).toMatchObject({ differences: [], owed: 1 });
    // An entry that is lost is lost by a bug; what it spoke of is found all the same.
    await tokens.delete(entry.token);
    reads.length = 0;
    expect(found(await changed(adapter))).toEqual([['s011', 'differs']]);
  });

  it('knows no moment of another cluster, and none that is too far away', async () => {
    const adapter = await server.open('changed_moments');
    const { changes } = adapter.bulk as Required<Bulk>;
    const moment = (await changes.now()) as string;
    expect(await changes.since('streams', moment, 10)).toEqual([]);
    expect(await changes.since('streams', `1${moment}`, 10)).toBeUndefined();
    const [life, oldest] = [
      moment.slice(0, moment.lastIndexOf('-')),
      moment.slice(moment.lastIndexOf('-') + 1),
    ];
    const far = BigInt(oldest) - 2n ** 32n;
    expect(await changes.since('streams', `${life}-${far}`, 10)).toBeUndefined();
    await streamsOf(adapter).create(stream('a'));
    await streamsOf(adapter).create(stream('b'));
    expect([...((await changes.since('streams', moment, 10)) ?? [])].sort()).toEqual(['a', 'b']);
    expect(await changes.since('streams', moment, 1)).toBeUndefined();
  });
});
