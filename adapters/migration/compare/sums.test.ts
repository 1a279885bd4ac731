import { describe, expect, it } from 'vitest';
import {
  MOVED_KINDS,
  type Bulk,
  type Migration,
  type MovedKind,
  type StorageAdapter,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { useServer, type FullAdapter } from '../../postgres/testing/server.ts';
import { entryOf } from '../sides/owed.ts';
import { stream } from '../testing/streams.ts';
import { HARMLESS, SEEDED, type Twin } from '../testing/twins.ts';
import { createMigratingAdapter } from '../index.ts';

const server = useServer();
const EVERYTHING = 1000;

/** The sides, with a list of the calls that read records of the old one. */
async function sides(
  name: string,
): Promise<{ adapter: StorageAdapter & { migration: Migration }; reads: string[] }> {
  const [old, other] = [await server.open(`sums_old_${name}`), await server.open(`sums_new_${name}`)];
  const reads: string[] = [];
  const bulk = old.bulk as Bulk;
  const counted: FullAdapter = {
    ...old,
    bulk: { ...bulk, ids: (kind, range) => (reads.push(kind), bulk.ids(kind, range)) },
  };
  const adapter = createMigratingAdapter({ old: counted, new: other, stage: 'dual' });
  return { adapter: adapter as StorageAdapter & { migration: Migration }, reads };
}

async function put(side: StorageAdapter, kind: MovedKind, records: readonly object[]): Promise<void> {
  const byId = new Map(records.map((row) => [idOf(row), row]));
  await side.bulk?.apply(kind, [...byId.keys()], async () => byId);
}

function idOf(row: object): string {
  const { id, walletAddress, token } = row as Readonly<Record<string, string | undefined>>;
  return (id ?? walletAddress ?? token) as string;
}

async function store(adapter: { migration: Migration }, twins: readonly Twin[]): Promise<void> {
  for (const kind of MOVED_KINDS) {
    const of = twins.filter((twin) => twin.kind === kind);
    await put(
      adapter.migration.old,
      kind,
      of.flatMap(({ old }) => old ?? []),
    );
    await put(
      adapter.migration.new,
      kind,
      of.flatMap(({ new: other }) => other ?? []),
    );
  }
}

const numbered = (count: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    ...stream(`s${String(index).padStart(6, '0')}`),
    createdAt: '2030-01-01T00:00:00.000Z',
    updatedAt: '2030-01-01T00:00:00.000Z',
  }));

describe('comparison by sums', () => {
  it('names what comparison record by record does, and nothing else', async () => {
    const { adapter } = await sides('twins');
    // Of the time of this server none of them has expired.
    await store(adapter, [
      ...SEEDED,
      ...HARMLESS.filter(
        ({ old, new: other }) =>
          old !== undefined && other !== undefined && !JSON.stringify(old).includes('expired-apart'),
      ),
    ]);
    const { differences, unread } = await adapter.migration.compare(EVERYTHING);
    const byName = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect([...differences].sort(byName)).toEqual(SEEDED.map(({ expected }) => expected).sort(byName));
    expect(unread).toEqual([]);
  });

  it('reads records of the stretches that differ alone, and goes on where it stopped', async () => {
    const { adapter, reads } = await sides('stretches');
    const records = numbered(6000);
    for (const side of [adapter.migration.old, adapter.migration.new]) await put(side, 'streams', records);
    await adapter.migration.old.idempotencyStore?.insert(entryOf('owed', [{ kind: 'users', id: 'u' }]));
    expect(await adapter.migration.compare(EVERYTHING)).toMatchObject({ differences: [], compared: 6000 });
    expect(reads).toEqual([]);

    const { streams } = adapter.migration.new.streamRepository!;
    await streams?.delete('s005501');
    await streams?.create(stream('s999999'));
    await streams?.create(stream('a'));
    const { differences, compared } = await adapter.migration.compare(EVERYTHING);
    // Stretches are read side by side, in whatever order.
    expect(Object.fromEntries(differences.map(({ id, what }) => [id, what]))).toEqual({
      a: 'extra',
      s005501: 'missing',
      s999999: 'extra',
    });
    expect(differences).toHaveLength(3);
    expect(compared).toBe(6000);
    expect(reads.length).toBeLessThan(6);

    const found: string[] = [];
    let sum = 0;
    let from: { kind: MovedKind; after?: string } | undefined;
    do {
      const part = await adapter.migration.compare(EVERYTHING, {
        records: 5000,
        ...defined({ from }),
      });
      found.push(...part.differences.map(({ id }) => id));
      sum += part.compared;
      from = part.next;
    } while (from !== undefined);
    expect([found.toSorted(), sum]).toEqual([['a', 's005501', 's999999'], 6000]);
  });
});
