/**
 * Measures work that does not depend on the target, next to a run that goes into a history. If its figures change
 * together with those of the target, the machine is the reason.
 */
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { medianOf } from '../../scenarios/median.ts';
import type { CANARIES } from '../../suites/figures/history.ts';

export type CanaryName = keyof typeof CANARIES;
/** In µs. */
export type Canaries = Readonly<Partial<Record<CanaryName, number>>>;

/**
 * The first slice warms up and does not count. The median of the others counts, because one of them may be disturbed.
 */
const SLICES = 6;
const SOCKETS = 8;
/** The number of requests and transactions in one slice. */
const SIZES = { requests: 1500, transactions: 40 } as const;
const ACCOUNTS = 1000;
const NS_PER_US = 1000;

/** Takes a few seconds. Figures that cannot be measured here are absent; `note` is called with the reason. */
export async function measureCanaries(
  note: (text: string) => void,
  sizes: Readonly<Record<keyof typeof SIZES, number>> = SIZES,
): Promise<Canaries> {
  const bareServer = await bareServerUs(sizes.requests);
  try {
    return { 'bare-server': bareServer, database: await databaseUs(sizes.transactions) };
  } catch (error) {
    note(`the history's canary has no database: ${error instanceof Error ? error.message : String(error)}`);
    return { 'bare-server': bareServer };
  }
}

async function bareServerUs(count: number): Promise<number> {
  const server = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  try {
    const { port } = server.address() as AddressInfo;
    return await medianSlice(async () => {
      const before = process.cpuUsage();
      await requests(count, agent, port);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / count;
    });
  } finally {
    agent.destroy();
    await closed(server);
  }
}

async function requests(count: number, agent: Agent, port: number): Promise<void> {
  let left = count;
  const send = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await new Promise<void>((resolve, reject) => {
        get({ agent, host: '127.0.0.1', port }, (response) => response.resume().on('end', resolve)).on(
          'error',
          reject,
        );
      });
    }
  };
  await Promise.all(Array.from({ length: SOCKETS }, send));
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** On its own server, so that nothing is written to anybody else's. */
async function databaseUs(transactions: number): Promise<number> {
  const { startServerAt } = await import('../../adapters/provision/startServer.ts');
  const { loadDriver } = await import('../../adapters/postgres/driver.ts');
  const { Client } = await loadDriver();
  const server = await startServerAt({ kind: 'embedded' });
  try {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query(
        `CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);
         CREATE TABLE history (account int, delta int, at timestamptz);
         INSERT INTO accounts SELECT id, 0 FROM generate_series(1, ${ACCOUNTS}) AS id`,
      );
      let next = 0;
      return await medianSlice(async () => {
        const before = process.hrtime.bigint();
        for (let count = 0; count < transactions; count += 1) {
          next = (next + 1) % ACCOUNTS;
          await client.query('BEGIN');
          await client.query('UPDATE accounts SET balance = balance + $2 WHERE id = $1', [next + 1, count]);
          await client.query('SELECT balance FROM accounts WHERE id = $1', [next + 1]);
          await client.query('INSERT INTO history VALUES ($1, $2, now())', [next + 1, count]);
          await client.query('COMMIT');
        }
        return Number(process.hrtime.bigint() - before) / NS_PER_US / transactions;
      });
    } finally {
      await client.end();
    }
  } finally {
    await server.stop();
  }
}

async function medianSlice(slice: () => Promise<number>): Promise<number> {
  const measured: number[] = [];
  for (let count = 0; count < SLICES; count += 1) measured.push(await slice());
  return Math.round(medianOf(measured.slice(1)) * 10) / 10;
}
