import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded, startStandby, type EmbeddedServer } from '../../provision/local/embedded.ts';
import type { LocalServer } from '../../provision/local/localServer.ts';
import { Connections } from './connections.ts';
import { ensureNamespace, untilReplicated } from '../target/namespace.ts';
import { openAdapter } from '../open.ts';
import { resolveOptions } from '../options.ts';
import { codeOfRejection, RUN, stream, type FullAdapter } from '../testing/server.ts';
import { isGone } from '../../provision/testing/inProcess.ts';

const LAG_MS = 300;
const SCHEMA = 'ls_servers';

let primary: EmbeddedServer;
let standby: LocalServer;
const opened: FullAdapter[] = [];

beforeAll(async () => {
  primary = await startEmbedded();
  standby = await startStandby(primary, LAG_MS);
  const connections = await connect(primary.url);
  await ensureNamespace(connections, SCHEMA, RUN);
  await connections.close();
  await untilReplicated(standby.url, SCHEMA);
});
afterAll(async () => {
  await Promise.all(opened.map((adapter) => adapter.close()));
  await standby.stop();
  expect(await isGone(standby)).toBe(true);
  await primary.stop();
});

function connect(...urls: string[]): Promise<Connections> {
  return Connections.open(resolveOptions({ connectionString: urls, schema: SCHEMA }));
}

async function open(...urls: string[]): Promise<FullAdapter> {
  const adapter = openAdapter(await connect(...urls)) as FullAdapter;
  opened.push(adapter);
  return adapter;
}

/** Nothing listens there. */
const NOWHERE = 'postgresql://u:p@127.0.0.1:1/d';

describe('an adapter that is given several servers', () => {
  it('works on the primary, wherever it stands among them', async () => {
    const orders = [
      [standby.url, primary.url],
      [primary.url, standby.url],
      [NOWHERE, standby.url, primary.url],
    ];
    for (const [index, urls] of orders.entries()) {
      const { streamRepository } = await open(...urls);
      const id = `s${index}`;
      await streamRepository.streams.create(stream(id));
      // The standby shows it later.
      expect(await streamRepository.streams.get(id)).toMatchObject({ id });
      await streamRepository.withLock(id, async ({ streams }) => {
        expect(await streams?.get(id)).toMatchObject({ id });
      });
    }
  });

  it('finds it also when many ask at once', async () => {
    const { streamRepository } = await open(standby.url, primary.url);
    const ids = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    await Promise.all(ids.map((id) => streamRepository.streams.create(stream(id))));
    const found = await Promise.all(ids.map((id) => streamRepository.streams.get(id)));
    expect(found.map((one) => one?.id)).toEqual(ids);
  });

  it('reads nothing and locks nothing on replicas alone', async () => {
    const { streamRepository } = await open(standby.url);
    let ran = false;
    const section = streamRepository.withLock('s0', async () => void (ran = true));
    expect(await codeOfRejection(section)).toBe('UNAVAILABLE');
    expect(await codeOfRejection(Promise.resolve(streamRepository.streams.get('s0')))).toBe('UNAVAILABLE');
    expect(ran).toBe(false);
  });

  it('says that none can be reached', async () => {
    const { streamRepository } = await open(NOWHERE, NOWHERE);
    expect(await codeOfRejection(Promise.resolve(streamRepository.streams.get('s0')))).toBe('UNAVAILABLE');
  });
});

it('a standby is read-only, and lags', async () => {
  const [writer, reader] = [new pg.Client(primary.url), new pg.Client(standby.url)];
  await Promise.all([writer.connect(), reader.connect()]);
  try {
    await expect(reader.query('CREATE TABLE public.t (x int)')).rejects.toMatchObject({ code: '25006' });
    const before = Date.now();
    await writer.query(`COMMENT ON SCHEMA "${SCHEMA}" IS 'changed'`);
    const look = `SELECT 1 FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') = 'changed'`;
    while ((await reader.query(look)).rowCount === 0);
    expect(Date.now() - before).toBeGreaterThan(LAG_MS / 2);
  } finally {
    await Promise.all([writer.end(), reader.end()]);
  }
});
