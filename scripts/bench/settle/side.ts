/**
 * One side of the measurement, in a process of its own. It settles with the build whose compiled files are in a folder.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Contract from '../../../adapters/contract/index.ts';
import type * as Postgres from '../../../adapters/postgres/index.ts';
import type * as Protocol from '../../../adapters/protocol/index.ts';
import type { SideOptions, SideResult } from './plan.ts';

const { build, url, schema, lock, connections, transactions, streams } = JSON.parse(
  process.argv[2] as string,
) as SideOptions;
const load = (name: string): Promise<unknown> =>
  import(pathToFileURL(join(build, 'adapters', name, 'index.js')).href);
const { requestFingerprint } = (await load('contract')) as typeof Contract;
const { createPostgresAdapter } = (await load('postgres')) as typeof Postgres;
const { executeRequest } = (await load('protocol')) as typeof Protocol;

/**
 * Settles per connection before counting begins, in which statements are prepared and code is compiled. With fewer,
 * compilation is measured too.
 */
const WARMING = 1_000;

const run = randomBytes(6).toString('hex');
let sent = 0;

async function settle(adapter: Contract.StorageAdapter): Promise<void> {
  sent += 1;
  const streamId = `stream-${Math.floor(Math.random() * streams)}`;
  const fingerprint = requestFingerprint('POST', `/streams/${streamId}/settle`, { amount: '1' });
  const request = { operation: 'settle', streamId, workload: 'balance', fingerprint } as const;
  const answer = await executeRequest(adapter, { ...request, amount: '1', key: `${run}-${sent}` });
  if (!answer.effect)
    throw new Error(`Expected a settle to take effect, got ${answer.status} ${answer.body}`);
}

async function settleAll(adapter: Contract.StorageAdapter, each: number): Promise<void> {
  const loop = async (): Promise<void> => {
    for (let count = 0; count < each; count += 1) await settle(adapter);
  };
  await Promise.all(Array.from({ length: connections }, loop));
}

const adapter = await createPostgresAdapter({ connectionString: url, schema, lock, max: connections });
await settleAll(adapter, WARMING);
const cpu = process.cpuUsage();
const from = performance.now();
await settleAll(adapter, transactions / connections);
const tookMs = performance.now() - from;
const { user, system } = process.cpuUsage(cpu);
await adapter.close();
const warmed = WARMING * connections;
const result: SideResult = {
  perSecond: (transactions * 1000) / tookMs,
  clientMicros: user + system,
  extra: warmed,
};
console.log(JSON.stringify(result));
