import { describe, expect, it } from 'vitest';
import { Connections } from '../connection/connections.ts';
import { dropNamespace, ensureNamespace, schemaOf } from './namespace.ts';
import { refuseWrites } from './refusals.ts';
import { resolveOptions } from '../options.ts';
import { MIGRATIONS, POSTGRES_SCHEMA } from '../schema/schema.ts';
import { codeOfRejection, stream, useServer } from '../testing/server.ts';

const server = useServer();

it('opens one new namespace from many instances at once', async () => {
  const adapters = await Promise.all(Array.from({ length: 6 }, () => server.open('together')));
  await Promise.all(
    adapters.map(({ streamRepository }, index) => streamRepository.streams.create(stream(`s${index}`))),
  );
  const listed = await adapters[0]?.streamRepository.streams.list({ limit: 10 });
  expect(listed?.items).toHaveLength(6);
  const applied = await server.sql('SELECT version, name FROM ls_together.lockstep_migrations ORDER BY 1');
  expect(applied).toEqual(MIGRATIONS.map(({ version, name }) => ({ version, name })));
  await server.drop('together');
  expect(await server.sql(`SELECT 1 FROM pg_namespace WHERE nspname = 'ls_together'`)).toEqual([]);
  await server.drop('together');
});

it('keeps namespaces apart, locks too', async () => {
  const [a, b] = [await server.open('apart_a'), await server.open('apart_b')];
  await a.streamRepository.withLock('s1', async ({ streams }) => {
    await streams?.create(stream('s1'));
    await b.streamRepository.withLock('s1', async () => undefined, { timeoutMs: 5000 });
  });
  expect(await b.streamRepository.streams.get('s1')).toBeUndefined();
});

it('neither uses nor drops a schema that this run did not make', async () => {
  await server.sql('CREATE SCHEMA ls_foreign; CREATE TABLE ls_foreign.precious (id int)');
  expect(await codeOfRejection(server.open('foreign'))).toBe('CONFLICT');
  expect(await codeOfRejection(server.drop('foreign'))).toBe('CONFLICT');
  expect(await server.sql('SELECT * FROM ls_foreign.precious')).toEqual([]);

  await server.open('earlier');
  const connections = await Connections.open(
    resolveOptions({ connectionString: server.url, schema: 'ls_earlier' }),
  );
  try {
    expect(await codeOfRejection(ensureNamespace(connections, connections.options.schema, 'later-run'))).toBe(
      'CONFLICT',
    );
    expect(await codeOfRejection(dropNamespace(connections, connections.options.schema, 'later-run'))).toBe(
      'CONFLICT',
    );
  } finally {
    await connections.close();
  }
});

it('exports a schema that can be applied by hand', async () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  await server.sql(
    `CREATE SCHEMA by_hand; SET search_path TO by_hand; ${POSTGRES_SCHEMA}; RESET search_path`,
  );
  const tables = await server.sql(`SELECT tablename FROM pg_tables WHERE schemaname = 'by_hand' ORDER BY 1`);
  expect(tables.map(({ tablename }) => tablename)).toEqual([
    'activity_events',
    'authority',
    'export_audit_records',
    'export_jobs',
    'idempotency_claims',
    'idempotency_keys',
    'lease_waiters',
    'leases',
    'streams',
    'users',
  ]);
});

it('says what to do when the tables are missing', async () => {
  const { streamRepository } = await server.attach('nowhere');
  expect(await codeOfRejection(Promise.resolve(streamRepository.streams.get('s1')))).toBe('UNAVAILABLE');
});

describe('a schema that refuses writes for a while', () => {
  it.each(['read-only', 'disk-full'] as const)(
    'as one that is %s: all of them, and no reads',
    async (refusal) => {
      const namespace = refusal.replace('-', '_');
      const { streamRepository: repository } = await server.open(namespace);
      const other = await server.open(`${namespace}_beside`);
      await repository.streams.create(stream('s1'));
      const { proof, heal } = await refuseWrites(server.url, schemaOf(namespace), refusal);
      expect(proof).toContain(`${refusal === 'read-only' ? 25006 : 53100}`);
      const writes: readonly (() => unknown)[] = [
        () => repository.streams.put(stream('s1')),
        () => repository.streams.delete('s1'),
        () => repository.withLock('s1', async ({ streams }) => streams?.put(stream('s1'))),
      ];
      for (const write of writes) expect(await codeOfRejection(Promise.resolve(write()))).toBe('UNAVAILABLE');
      expect(await repository.streams.get('s1')).toMatchObject({ id: 's1' });
      await other.streamRepository.streams.create(stream('s1'));
      await heal?.();
      expect(await repository.streams.delete('s1')).toBe(true);
    },
  );

  it('for single records: those alone, and says so when nobody met it', async () => {
    const { streamRepository: repository } = await server.open('refused');
    const { heal } = await refuseWrites(server.url, schemaOf('refused'), 'refused-records');
    const ids = Array.from({ length: 64 }, (_, index) => `s${index}`);
    const settled = await Promise.allSettled(ids.map((id) => repository.streams.create(stream(id))));
    const refused = settled.filter(({ status }) => status === 'rejected').length;
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(ids.length / 2);
    await heal?.();
    const unmet = await refuseWrites(server.url, schemaOf('refused'), 'refused-records');
    await expect(unmet.heal?.()).rejects.toThrow('nobody wrote to ls_refused while it refused');
    await repository.streams.put(stream('s0'));
  });
});
