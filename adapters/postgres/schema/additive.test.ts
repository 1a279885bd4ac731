/** What this alone proves: migrations are applied to a storage that is in use, and take nothing away from older versions. */
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS, type Migration } from './schema.ts';
import { additiveProblems } from '../testing/additive.ts';
import { stream, useServer } from '../testing/server.ts';
import { upgradeSchema, type UpgradeOptions } from './upgrade.ts';

/** What the first version consists of: nobody had any of it. */
const FIRST_VERSION = 6;

describe('a migration', () => {
  it.each(MIGRATIONS.filter(({ version }) => version > FIRST_VERSION).map(({ name, sql }) => [name, sql]))(
    '%s only adds',
    (_, sql) => {
      expect(additiveProblems(sql)).toEqual([]);
    },
  );

  it.each([
    'CREATE TABLE a (b int NOT NULL); CREATE INDEX a_b ON a (b); INSERT INTO a VALUES (1)',
    'ALTER TABLE streams ADD COLUMN a int, ADD COLUMN b int NOT NULL DEFAULT 0',
    'CREATE INDEX CONCURRENTLY a ON streams (token)',
    'CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM streams; $$',
  ])('may say: %s', (sql) => {
    expect(additiveProblems(sql)).toEqual([]);
  });

  it.each([
    ['DROP TABLE streams', 'DROP TABLE streams'],
    ['-- only adds\nALTER TABLE streams DROP COLUMN token', 'ALTER TABLE streams DROP COLUMN token'],
    [
      'ALTER TABLE streams ALTER COLUMN token TYPE varchar(9)',
      'ALTER TABLE streams ALTER COLUMN token TYPE varchar(9)',
    ],
    ['ALTER TABLE streams ADD COLUMN a int NOT NULL', 'ADD COLUMN a int NOT NULL'],
    ['ALTER TABLE streams ADD COLUMN a text UNIQUE', 'ADD COLUMN a text UNIQUE'],
    [
      'ALTER TABLE streams ADD COLUMN a timestamptz DEFAULT clock_timestamp()',
      'ADD COLUMN a timestamptz DEFAULT clock_timestamp()',
    ],
    ['CREATE INDEX a ON streams (token)', 'CREATE INDEX a ON streams (token)'],
    ['UPDATE streams SET token = 1', 'UPDATE streams SET token = 1'],
    ['INSERT INTO streams VALUES (1)', 'INSERT INTO streams VALUES (1)'],
    [
      'CREATE TRIGGER t BEFORE INSERT ON streams EXECUTE FUNCTION f()',
      'CREATE TRIGGER t BEFORE INSERT ON streams EXECUTE FUNCTION f()',
    ],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE streams'; END $$", "DO $$ BEGIN EXECUTE 'DROP TABLE streams'; END $$"],
  ])('may not say: %s', (sql, problem) => {
    expect(additiveProblems(sql)).toEqual([problem]);
  });
});

describe('an upgrade', () => {
  const server = useServer();
  const next = (sql: string, version = 901): Migration => ({ version, name: `${version}_next.sql`, sql });
  const upgrade = (
    schema: string,
    own: readonly Migration[],
    more: Partial<UpgradeOptions> = {},
  ): Promise<readonly string[]> =>
    upgradeSchema({
      connectionString: server.url,
      schema: `ls_${schema}`,
      migrations: [...MIGRATIONS, ...own],
      ...more,
    });
  const session = async (): Promise<pg.Client> => {
    const client = new pg.Client(server.url);
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  it('applies what is missing once, whoever runs it at the same time, and nothing that was changed', async () => {
    await server.open('twice');
    const add = next('ALTER TABLE streams ADD COLUMN note text; CREATE TABLE later (a int)');
    const applied = await Promise.all([
      upgrade('twice', [add]),
      upgrade('twice', [add]),
      upgrade('twice', [add]),
    ]);
    expect(applied.flat()).toEqual([add.name]);
    await expect(upgrade('twice', [next('SELECT 1')])).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('waits for a transaction that reads, keeps writers waiting for moments alone, and gives up in time', async () => {
    const adapter = await server.open('reader');
    const reader = await session();
    try {
      await reader.query('BEGIN; SELECT count(*) FROM ls_reader.streams');
      const add = next('ALTER TABLE streams ADD COLUMN note text');
      const tired = upgrade('reader', [add], { patienceMs: 400 });
      await expect(tired).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      const waiting = upgrade('reader', [add]);
      // Whoever writes comes between its attempts.
      for (let index = 0; index < 10; index += 1)
        await adapter.streamRepository.users.put({ walletAddress: `w${index}` });
      await reader.query('COMMIT');
      expect(await waiting).toEqual([add.name]);
    } finally {
      await reader.end();
    }
  });

  it('goes on where one was killed: nothing is half applied, and what was applied is not applied again', async () => {
    await server.open('killed');
    const first = next('CREATE TABLE one (a int)', 901);
    const second = next('CREATE TABLE two (a int); SELECT pg_sleep(30)', 902);
    const killed = upgrade('killed', [first, second], { applicationName: 'killed runner' });
    const failed = expect(killed).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    for (;;) {
      const sleeping = `SELECT pid FROM pg_stat_activity WHERE application_name = 'killed runner' AND wait_event = 'PgSleep'`;
      if ((await server.sql(`SELECT pg_terminate_backend(pid) FROM (${sleeping}) AS one`)).length > 0) break;
    }
    await failed;
    expect(
      await server.sql(`SELECT to_regclass('ls_killed.one') AS one, to_regclass('ls_killed.two') AS two`),
    ).toEqual([{ one: 'ls_killed.one', two: null }]);
    expect(await upgrade('killed', [first, next('CREATE TABLE two (a int)', 902)])).toEqual(['902_next.sql']);
  });

  it('builds indexes while others write, and anew what was cut short', async () => {
    const adapter = await server.open('index');
    const index = next('CREATE INDEX CONCURRENTLY by_token ON streams (token)');
    const writer = await session();
    try {
      await writer.query('BEGIN; UPDATE ls_index.streams SET token = token');
      const left: (readonly string[] | undefined)[] = [];
      // On a slow machine its patience may end before the index is begun.
      for (let patienceMs = 300; (left.at(-1) ?? []).length === 0; patienceMs *= 2) {
        await expect(upgrade('index', [index], { patienceMs })).rejects.toMatchObject({
          code: 'UNAVAILABLE',
        });
        left.push((await adapter.schema?.check())?.invalid);
      }
      expect(left.at(-1)).toEqual(['by_token']);
      const building = upgrade('index', [index]);
      await adapter.streamRepository.streams.create(stream('s1'));
      await writer.query('COMMIT');
      expect(await building).toEqual([index.name]);
      expect((await adapter.schema?.check())?.invalid).toEqual([]);
    } finally {
      await writer.end();
    }
  });

  it('knows what was applied by hand', async () => {
    await server.open('by_hand');
    await server.sql('DROP TABLE ls_by_hand.lockstep_migrations');
    expect(await upgrade('by_hand', [next('CREATE TABLE later (a int)')])).toEqual(['901_next.sql']);
  });
});
