/** What this alone proves: what a dead run has left on a server is removed, and nothing else, whatever it looks like. */
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startEmbedded, type EmbeddedServer } from '../adapters/provision/local/embedded.ts';
import { RunLife } from '../adapters/postgres/target/runLife.ts';
import { markOf, newRun } from '../adapters/postgres/target/runMark.ts';
import type { StartedService } from '../adapters/contract/index.ts';
import target from '../adapters/postgres/target.ts';
import { main } from './main.ts';

let server: EmbeddedServer;
let owner: pg.Client;
beforeAll(async () => {
  server = await startEmbedded();
  owner = new pg.Client(server.url);
  await owner.connect();
  await owner.query(`CREATE ROLE guest LOGIN PASSWORD 's3cr3t'; GRANT CREATE ON DATABASE postgres TO guest`);
  await owner.query('CREATE DATABASE second');
});
afterAll(async () => {
  await owner.end();
  await server.stop();
});

async function make(schema: string, comment: string, role = 'guest'): Promise<void> {
  await owner.query(
    `CREATE SCHEMA ${schema} AUTHORIZATION ${role}; COMMENT ON SCHEMA ${schema} IS '${comment}';
     SET ROLE ${role}; CREATE TABLE ${schema}.kept (id int PRIMARY KEY); RESET ROLE`,
  );
}

async function schemas(): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '^(ls_|mine)' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** Sessions that hold the lock of the run. */
async function holders(run: string): Promise<number[]> {
  const { rows } = await owner.query<{ pid: number }>(
    `SELECT a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE locktype = 'advisory' AND granted AND application_name = $1`,
    [`lockstep run ${run}`.slice(0, 63)],
  );
  return rows.map(({ pid }) => pid);
}

async function clean(url: string): Promise<{ readonly status: number; readonly said: string }> {
  const said: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const status = await main(['clean', '--pg', url], process);
  vi.restoreAllMocks();
  return { status, said: said.join('') };
}

/** What the user is told then. */
async function startBesideLeftovers(run: string): Promise<StartedService['notes']> {
  const second = new URL(server.url);
  second.pathname = '/second';
  const client = new pg.Client(second.href);
  await client.connect();
  await client.query(`CREATE SCHEMA ls_left; COMMENT ON SCHEMA ls_left IS '${markOf(run)}'`);
  const started = await target.start?.({ pg: second.href });
  const { rows } = await client.query(`SELECT 1 FROM pg_namespace WHERE nspname = 'ls_left'`);
  expect(rows).toEqual([]);
  await client.end();
  await started?.stop?.();
  return started?.notes;
}

it('removes the schemas of dead runs alone, and says of each other one why it was left', async () => {
  const [dead, alive] = [newRun(), newRun()];
  for (const name of ['ls_dead_1', 'ls_dead_2', 'ls_viewed', 'mine_now']) await make(name, markOf(dead));
  await make('ls_of_owner', markOf(dead), 'postgres');
  await make('ls_alive', markOf(alive));
  await make('ls_other_version', 'lockstep namespace of run 7');
  await make('ls_foreign', 'precious');
  await owner.query('CREATE VIEW public.viewing AS SELECT * FROM ls_viewed.kept');
  const life = await RunLife.begin(server.url, alive);
  const url = new URL(server.url);
  [url.username, url.password] = ['guest', 's3cr3t'];

  // In another database, at the same time, as a run of the target begins.
  const [first, notes] = await Promise.all([clean(url.href), startBesideLeftovers(dead)]);
  expect(notes).toEqual([
    expect.stringMatching(
      /^postgresql:\/\/postgres:\*\*\*@.*\/second: removed 1 schema of the run of .* UTC on .*, which was killed$/,
    ),
  ]);
  expect(await schemas()).toEqual([
    'ls_alive',
    'ls_foreign',
    'ls_of_owner',
    'ls_other_version',
    'ls_viewed',
    'mine_now',
  ]);
  expect(first.said).toMatch(/removed 2 schemas of the run of .* UTC on .*: ls_dead_1, ls_dead_2/);
  expect(first.said).toMatch(/left 1 schema of the run .*, which is alive/);
  expect(first.said).toMatch(/left the schema ls_of_owner: it belongs to the role "postgres"/);
  expect(first.said).toMatch(/left the schema ls_viewed: something outside of it depends on it/);
  expect(first.said).toMatch(/left the schema ls_other_version: its comment is of another version/);
  expect(first.said).not.toMatch(/s3cr3t|foreign|mine_now/);
  expect(first.status).toBe(3);
  expect((await owner.query('SELECT * FROM public.viewing')).rows).toEqual([]);

  // A session that is lost is replaced: the run is alive.
  const [pid] = await holders(alive);
  await owner.query('SELECT pg_terminate_backend($1)', [pid]);
  await vi.waitFor(async () => {
    const others = (await holders(alive)).filter((other) => other !== pid);
    expect(others).toHaveLength(1);
  }, 10_000);
  await life.end();
  await owner.query('DROP SCHEMA ls_viewed, ls_of_owner, ls_other_version, ls_alive CASCADE');
  const second = await clean(url.href);
  expect(second).toEqual({ status: 0, said: expect.stringMatching(/: killed runs left nothing behind\n$/) });
});
