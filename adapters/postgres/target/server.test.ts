import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalServer } from '../../provision/local/localServer.ts';
import { isGone, startInProcess } from '../../provision/testing/inProcess.ts';
import { loadDriver } from '../driver.ts';
import { startPostgres } from '../startPostgres.ts';
import target from '../target.ts';
import { eventually } from '../testing/server.ts';
import { createByteOrderDatabase } from './collation.ts';
import { startEmbedded, type EmbeddedServer } from '../../provision/local/embedded.ts';
import { checkStorage, reach } from './reach.ts';
import { KEEPER_FILE, removeAbandoned } from '../../provision/local/runDirectory.ts';

/** Of libpq and of node-postgres; each alone would keep a client from connecting, or change what it asks for. */
const VARIABLES = Object.fromEntries(
  [
    'HOST HOSTADDR PORT USER PASSWORD PASSFILE DATABASE DATA SERVICE SERVICEFILE SYSCONFDIR OPTIONS APPNAME SSLMODE',
    'SSLNEGOTIATION SSLCERT SSLKEY SSLROOTCERT REQUIRESSL REQUIREAUTH CHANNELBINDING GSSENCMODE KRBSRVNAME TZ DATESTYLE',
    'CLIENTENCODING CLIENT_ENCODING CONNECT_TIMEOUT TARGETSESSIONATTRS REPLICATION BINARY LOCALEDIR',
  ].flatMap((line) => line.split(' ').map((name) => [`PG${name}`, 'nonsense'])),
);

describe('an embedded server', () => {
  let server: EmbeddedServer;
  // Also while it starts.
  beforeAll(async () => {
    Object.assign(process.env, VARIABLES);
    server = await startEmbedded();
  });
  afterAll(async () => {
    await server.stop();
    for (const name of Object.keys(VARIABLES)) delete process.env[name];
  });

  it('is reached, and described for the report', async () => {
    expect(await reach(server.url)).toMatchObject({
      fsync: 'on',
      synchronousCommit: 'on',
      collation: 'en-US',
      collationProvider: 'icu',
    });
  });

  it('is what a target of somebody else is given, too', async () => {
    const { url, environment, stop } = await startPostgres(server.url);
    expect(url).toBe(server.url);
    expect(environment).toMatchObject({ source: 'url', fsync: 'on' });
    // It was there before.
    await stop();
    await reach(server.url);
    await expect(startPostgres('mysql://user:secret@host')).rejects.toThrow(
      /^startPostgres: expected "embedded"/,
    );
    await expect(startPostgres('mysql://user:secret@host')).rejects.not.toThrow(/secret/);
  });

  it('has a second database, of another collation', async () => {
    const url = await createByteOrderDatabase(server.url);
    expect(await reach(url)).toMatchObject({ collation: 'C', collationProvider: 'libc' });
  });

  it('lets nobody in without the password, and the errors do not show it', async () => {
    const wrong = new URL(server.url);
    wrong.password = 'secret';
    const missing = new URL(server.url);
    missing.pathname = '/nowhere';
    for (const url of [wrong.href, missing.href]) {
      const reached = reach(url);
      await expect(reached).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(reached).rejects.not.toThrow(new RegExp(new URL(url).password));
    }
  });

  it('can be read and written, and keeps nothing of the check', async () => {
    const since = await checkStorage(server.url);
    expect(await checkStorage(server.url)).toBe(since);
    expect(
      await query(server.url, `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'lockstep%'`),
    ).toEqual([]);
  });

  it('has a database that is read-only: then neither reach nor the check is content', async () => {
    await query(server.url, 'CREATE DATABASE closed');
    await query(server.url, 'ALTER DATABASE closed SET default_transaction_read_only = on');
    const closed = new URL(server.url);
    closed.pathname = '/closed';
    await expect(reach(closed.href)).rejects.toThrow(/default_transaction_read_only = on/);
    await expect(checkStorage(closed.href)).rejects.toThrow(/default_transaction_read_only = on/);
  });

  it('hears nothing of the variables of libpq, whatever they ask for, and nor do its clients', async () => {
    const adapter = await target.open({
      connection: { url: server.url, run: 'test-run' },
      namespace: 'variables',
      instance: 1,
      clock: () => 0,
    });
    expect(await adapter.streamRepository?.streams?.list({ limit: 1 })).toMatchObject({ items: [] });
    await adapter.close();
    const url = 'postgresql://u:p@127.0.0.1:1/d';
    const { Client } = await loadDriver();
    expect(new Client({ connectionString: url })).toMatchObject({ host: '127.0.0.1', port: 1, user: 'u' });
    expect(new Client({ connectionString: 'postgresql://u@/d' })).toMatchObject({
      host: 'localhost',
      port: 5432,
    });
    expect(process.env).toMatchObject(VARIABLES);
  });

  it('is left alone by those who look for abandoned ones', async () => {
    expect(await removeAbandoned()).not.toContain(server.directory);
    await reach(server.url);
  });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const { Client } = await loadDriver();
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe.skipIf(process.getuid?.() !== 0)('for root', () => {
  it('a server starts elsewhere when its account cannot enter the temporary directory', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'lockstep-test-'));
    await chmod(closed, 0o700);
    const started = await startInProcess<LocalServer>('local/embedded', 'startEmbedded()', {
      TMPDIR: closed,
    });
    try {
      expect(await reach(started.server.url)).toMatchObject({ fsync: 'on' });
      expect(dirname(started.server.directory)).not.toBe(closed);
    } finally {
      await started.kill('SIGINT');
      await rm(closed, { recursive: true });
    }
  });
});

it('says clearly that a server cannot be reached', async () => {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  const urls = [
    `postgresql://u:p@127.0.0.1:${port}/d`,
    'postgresql://u:p@no-such-host.invalid/d',
    'postgresql://[',
    'nonsense',
  ];
  for (const url of urls) await expect(reach(url)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

describe('every trace of an embedded server is removed', () => {
  it('when it is stopped', async () => {
    const server = await startEmbedded();
    expect(existsSync(server.directory)).toBe(true);
    await server.stop();
    await server.stop();
    expect(await isGone(server)).toBe(true);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('when the process that started it ends by %s', async (signal) => {
    const started = await startInProcess<LocalServer>('local/embedded', 'startEmbedded()');
    await started.kill(signal);
    expect(await eventually(() => isGone(started.server))).toBe(true);
  });

  it('when its keeper is killed as well', async () => {
    const started = await startInProcess<LocalServer>('local/embedded', 'startEmbedded()');
    process.kill(started.server.keeperPid, 'SIGKILL');
    await started.kill('SIGKILL');
    expect(await eventually(() => isGone(started.server))).toBe(true);
  });

  it('at the next start at the latest', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lockstep-postgres-'));
    await mkdir(join(directory, 'data'));
    expect(await removeAbandoned()).not.toContain(directory);
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(directory, longAgo, longAgo);
    expect(await removeAbandoned()).toContain(directory);

    const marked = await mkdtemp(join(tmpdir(), 'lockstep-postgres-'));
    // This process runs, but not for that directory: its number has been given to it since.
    await writeFile(join(marked, KEEPER_FILE), String(process.pid));
    expect(await removeAbandoned()).toContain(marked);
    expect(existsSync(marked)).toBe(false);
  });
});
