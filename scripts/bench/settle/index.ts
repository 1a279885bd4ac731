/**
 * Compares the cost of a settle with that of the same statements sent by pgbench, one by one and in two flights: `npm
 * run bench -- settle [--rounds N] [--transactions N] [--lock advisory|lease] [--against FOLDER]`. The sides take turns
 * on one server. The result is the ratio of two sides within a round. `--against` names the dist/ of another build,
 * which takes turns as well.
 */
import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { Connections } from '../../../adapters/postgres/connection/connections.ts';
import { ensureNamespace, schemaOf } from '../../../adapters/postgres/target/namespace.ts';
import { LOCK_KINDS, resolveOptions, type LockKind } from '../../../adapters/postgres/options.ts';
import { medianOf } from '../../../scenarios/median.ts';
import { startEmbedded, type EmbeddedServer } from '../../../adapters/provision/local/embedded.ts';
import { serverMicros } from './cpu.ts';
import { findPgbench, runPgbench } from './pgbench.ts';
import type { SideOptions, SideResult, Work } from './plan.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    transactions: { type: 'string', default: '4000' },
    lock: { type: 'string', default: 'advisory' },
    against: { type: 'string' },
  },
});
const [rounds, transactions] = [Number(values.rounds), Number(values.transactions)];
const lock = values.lock as LockKind;
const CONNECTIONS = 8;
/** The time after which sessions have ended, in milliseconds. */
const ENDED_MS = 300;
const STREAMS = { uniform: 10_000, hot: 1 };
if (
  !LOCK_KINDS.includes(lock) ||
  !(rounds >= 1) ||
  transactions < CONNECTIONS ||
  transactions % CONNECTIONS !== 0
)
  throw new TypeError(
    `Expected --rounds from 1 on, --transactions as a multiple of ${CONNECTIONS} and --lock ${LOCK_KINDS.join(' or ')}.`,
  );

const build = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
const pgbench = findPgbench();

interface Side {
  readonly name: string;
  run(work: Work): Promise<SideResult>;
}

interface Measured {
  readonly perSecond: number;
  readonly clientMicros: number;
  readonly serverMicros: number;
}

function sideOf(name: string, folder: string): Side {
  const side = join(build, 'scripts/bench/settle/side.js');
  return {
    name,
    async run(work) {
      const options: SideOptions = { ...work, build: folder, lock };
      const { stdout } = await run(process.execPath, [side, JSON.stringify(options)]);
      return JSON.parse(stdout) as SideResult;
    },
  };
}

const ours = sideOf(lock === 'lease' ? 'postgres-lease' : 'postgres', build);
const others: readonly Side[] = [
  ...(pgbench === undefined
    ? []
    : [
        { name: 'pgbench', run: (work: Work) => runPgbench(pgbench, work, { isPipelined: false }) },
        // The limit that the server and the network set, with a client written in C.
        { name: 'pgbench, 2 flights', run: (work: Work) => runPgbench(pgbench, work, { isPipelined: true }) },
      ]),
  ...(values.against === undefined ? [] : [sideOf('the other build', values.against)]),
];

async function measure(server: EmbeddedServer, side: Side, work: Work): Promise<Measured> {
  const before = serverMicros(server.directory);
  const { perSecond, clientMicros, extra } = await side.run(work);
  // If a process ends while the times of all processes are read, its time may be missing.
  await sleep(ENDED_MS);
  const after = serverMicros(server.directory);
  const served = before === undefined || after === undefined ? NaN : after - before;
  return {
    perSecond,
    clientMicros: (clientMicros ?? NaN) / work.transactions,
    serverMicros: served / (work.transactions + extra),
  };
}

function show(name: string, measured: readonly Measured[]): void {
  const of = (pick: (one: Measured) => number): string => medianOf(measured.map(pick)).toFixed(0);
  const cpu = `CPU per settle: client ${of((one) => one.clientMicros)} + server ${of((one) => one.serverMicros)} µs`;
  console.log(`  ${name.padEnd(18)} ${of((one) => one.perSecond).padStart(6)} settles/s   ${cpu}`);
}

function showRatio(name: string, mine: readonly Measured[], theirs: readonly Measured[]): void {
  const ratios = mine.map(({ perSecond }, round) => perSecond / (theirs[round] as Measured).perSecond);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
  console.log(`  ÷ ${name}: ${medianOf(ratios).toFixed(2)} [${least}–${most}], ${ratios.length} rounds`);
}

async function compare(server: EmbeddedServer, what: string, work: Work): Promise<void> {
  const all = new Map<Side, Measured[]>([ours, ...others].map((side) => [side, []]));
  for (let round = 0; round < rounds; round += 1) {
    const turns = [...all.keys()];
    if (round % 2 === 1) turns.reverse();
    for (const side of turns) all.get(side)?.push(await measure(server, side, work));
  }
  console.log(
    `${what}, ${CONNECTIONS} connections, load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
  for (const [side, measured] of all) show(side.name, measured);
  for (const side of others) showRatio(side.name, all.get(ours) ?? [], all.get(side) ?? []);
}

async function prepare(connections: Connections, schema: string): Promise<void> {
  await ensureNamespace(connections, schema, 'bench');
  const connection = await connections.take(connections.patience);
  try {
    await connection.control(`INSERT INTO ${schema}.streams (id, recipient, rate, schedule, status, token, total_amount,
        released_amount, withdrawn_amount, revision, further, created_at, updated_at)
      SELECT 'stream-' || number, 'GRECIPIENT', 1, 'monthly', 'active', 'USDC', 1e30, 0, 0, 0, '{}', now(), now()
      FROM generate_series(0, ${STREAMS.uniform - 1}) AS number`);
    await connection.control('VACUUM ANALYZE');
  } finally {
    connection.release();
  }
}

if (pgbench === undefined) console.log('pgbench is not installed, so nothing is compared with it.');
const server = await startEmbedded();
const schema = schemaOf('bench');
const connections = await Connections.open(resolveOptions({ connectionString: server.url, schema }));
try {
  await prepare(connections, schema);
  for (const commit of ['on', 'off']) {
    const connection = await connections.take(connections.patience);
    await connection.control(`ALTER ROLE CURRENT_USER SET synchronous_commit = ${commit}`);
    connection.release();
    for (const [mix, streams] of Object.entries(STREAMS))
      await compare(server, `${mix}, synchronous_commit ${commit}`, {
        url: server.url,
        schema,
        connections: CONNECTIONS,
        transactions,
        streams,
      });
  }
} finally {
  await connections.close();
  await server.stop();
}
