import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../postgres/testing/server.ts';
import type { LocalServer } from './localServer.ts';
import { isGone, startInProcess } from '../testing/inProcess.ts';
import { startEmbedded, type EmbeddedServer } from './embedded.ts';
import { reach } from '../../postgres/target/reach.ts';
import { findPgBouncer, PGBOUNCER_MISSING, startPooler } from './pooler.ts';

const program = await findPgBouncer();
if (program === undefined) console.warn(`SKIPPED: the tests of the pooler. ${PGBOUNCER_MISSING}`);

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbedded();
});
afterAll(() => server.stop());

async function sql(text: string): Promise<void> {
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query(text);
  await client.end();
}

describe.skipIf(program === undefined)('a pooler', () => {
  const installed = program ?? '';

  it('shares few sessions among many clients, and loses what belongs to a session', async () => {
    const pooler = await startPooler(installed, server.url);
    const clients = Array.from({ length: 8 }, () => new pg.Client(pooler.url));
    try {
      await Promise.all(clients.map((client) => client.connect()));
      const [first] = clients;
      await first?.query('SELECT pg_advisory_lock(7)');
      const freed: unknown[] = [];
      for (const client of clients) {
        const { rows } = await client.query<{ free: boolean }>('SELECT pg_advisory_unlock(7) AS free');
        freed.push(rows[0]?.free);
      }
      // One of them has met the session that the first one locked with.
      expect(freed.filter((free) => free === true)).toHaveLength(1);
      const direct = new pg.Client(server.url);
      await direct.connect();
      const { rows } = await direct.query<{ count: string }>(
        `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      );
      await direct.end();
      expect(Number(rows[0]?.count)).toBeLessThanOrEqual(3);
    } finally {
      await Promise.all(clients.map((client) => client.end()));
      await pooler.stop();
    }
  });

  it('is recognized and named where the server itself is expected, whatever its mode', async () => {
    const pooler = await startPooler(installed, server.url);
    const file = join(pooler.directory, 'pgbouncer.ini');
    const strict = await readFile(file, 'utf8');
    const settings = 'options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout';
    const lenient = strict.replace(/^ignore_.*$/m, `ignore_startup_parameters = ${settings}`);
    const change = async (text: string): Promise<void> => {
      await writeFile(file, text);
      process.kill(pooler.serverPid, 'SIGHUP');
    };
    const says = async (how: RegExp): Promise<boolean> =>
      await eventually(async () => {
        const refusal = await reach(pooler.url).then(String, (error: Error) => error.message);
        return how.test(refusal) && /PgBouncer, a connection pooler, stands .* direct URL/.test(refusal);
      });
    try {
      expect(await says(/refuses the connection: unsupported startup parameter/)).toBe(true);
      await change(lenient.replace('pool_mode = transaction', 'pool_mode = session'));
      expect(await says(/drops the settings/)).toBe(true);
      // What it drops is then what the server sets anyway.
      await sql(
        `ALTER ROLE postgres SET lock_timeout = '10s'; ALTER ROLE postgres SET statement_timeout = '15s'`,
      );
      for (const mode of ['transaction', 'statement']) {
        await change(
          `${lenient.replace('pool_mode = transaction', `pool_mode = ${mode}`)}server_lifetime = 0\n`,
        );
        expect(await says(/Clients share sessions/)).toBe(true);
        // So that the next one is not taken for this one.
        await change(strict);
        expect(await says(/refuses the connection/)).toBe(true);
      }
    } finally {
      await sql('ALTER ROLE postgres RESET ALL');
      await pooler.stop();
    }
  });

  it('lets nobody in without its password, and nobody else read its files', async () => {
    const pooler = await startPooler(installed, server.url);
    try {
      const wrong = new URL(pooler.url);
      wrong.password = 'secret';
      await expect(new pg.Client(wrong.href).connect()).rejects.toThrow();
      for (const name of ['users.txt', 'pgbouncer.ini']) {
        expect((await stat(join(pooler.directory, name))).mode & 0o077).toBe(0);
      }
    } finally {
      await pooler.stop();
    }
    expect(await isGone(pooler)).toBe(true);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('ends with the process that started it, by %s', async (signal) => {
    const started = await startInProcess<LocalServer>(
      'local/pooler',
      `startPooler(${JSON.stringify(installed)}, ${JSON.stringify(server.url)})`,
    );
    await started.kill(signal);
    expect(await eventually(() => isGone(started.server))).toBe(true);
  });

  it('ends when its keeper is killed as well', async () => {
    const started = await startInProcess<LocalServer>(
      'local/pooler',
      `startPooler(${JSON.stringify(installed)}, ${JSON.stringify(server.url)})`,
    );
    process.kill(started.server.keeperPid, 'SIGKILL');
    await started.kill('SIGKILL');
    expect(await eventually(() => isGone(started.server))).toBe(true);
  });
});

it('says what a pooler that does not start has said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-test-'));
  // As root it runs as another account.
  await chmod(folder, 0o755);
  const broken = join(folder, 'pgbouncer');
  await writeFile(broken, '#!/bin/sh\necho "FATAL no licence" >&2\nexit 1\n', { mode: 0o755 });
  const starting = startPooler(broken, server.url);
  await expect(starting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(starting).rejects.toThrow(/FATAL no licence/);
  await rm(folder, { recursive: true });
});
