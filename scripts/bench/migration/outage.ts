/**
 * What an outage of the new side costs the old one, in pairs of an undisturbed stretch and a disturbed one:
 * `npm run build && node dist/scripts/bench/migration/outage.js [--pairs N] [--seconds N] [--writers N] [--old NAMES]
 * [--stages NAMES] [--outages NAMES] [--without-epoch]`. Each storage is an embedded server of its own, or the memory of this
 * process. Two instances of the migrating adapter write. The move has begun, as that of an operator has before its first
 * stage; `--without-epoch` measures one that has not.
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Migration, Stage, StorageAdapter } from '../../../adapters/contract/index.ts';
import { createMemoryAdapter } from '../../../adapters/memory/index.ts';
import { createMigratingAdapter } from '../../../adapters/migration/index.ts';
import { Connections } from '../../../adapters/postgres/connection/connections.ts';
import { createPostgresAdapter } from '../../../adapters/postgres/index.ts';
import { ensureNamespace, schemaOf } from '../../../adapters/postgres/target/namespace.ts';
import { resolveOptions } from '../../../adapters/postgres/options.ts';
import { startEmbedded, type EmbeddedServer } from '../../../adapters/provision/local/embedded.ts';
import { StorageProxy } from '../../../scenarios/faults/proxy/proxy.ts';
import { Writers } from './writers.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    writers: { type: 'string', default: '4' },
    old: { type: 'string', default: 'memory,postgres' },
    stages: { type: 'string', default: 'bridged,dual,cut-over' },
    outages: { type: 'string', default: 'refused,no answer,60 ms late' },
    'without-epoch': { type: 'boolean', default: false },
  },
});
const [pairs, seconds, writers] = [values.pairs, values.seconds, values.writers].map(Number) as [
  number,
  number,
  number,
];
/** The most that a side may cost in one go, once, as an outage begins. */
const BOUND_MS = 1000;
/** Nothing is measured while what the last outage left is copied. */
const CALM_MS = 2000;
const INSTANCES = 2;

const OUTAGES: Readonly<Record<string, (proxy: StorageProxy) => void>> = {
  refused: (proxy) => proxy.refuse(),
  'no answer': (proxy) => proxy.swallow(),
  '60 ms late': (proxy) => proxy.delay(30),
};

type Migrating = StorageAdapter & { readonly migration: Migration };

interface Open {
  readonly adapters: readonly Migrating[];
  readonly proxy: StorageProxy;
}

async function open(old: string, server: EmbeddedServer, other: EmbeddedServer, stage: Stage): Promise<Open> {
  const schema = schemaOf(`outage_${randomUUID().slice(0, 8)}`);
  for (const { url } of [server, other]) {
    const connections = await Connections.open(resolveOptions({ connectionString: url, schema }));
    await ensureNamespace(connections, schema, 'bench');
    await connections.close();
  }
  const { hostname, port } = new URL(other.url);
  const proxy = await StorageProxy.start({ host: hostname, port: Number(port) });
  const through = new URL(other.url);
  through.host = `${proxy.address.host}:${proxy.address.port}`;
  const adapters: Migrating[] = [];
  for (let count = 0; count < INSTANCES; count += 1)
    adapters.push(
      createMigratingAdapter({
        old:
          old === 'memory'
            ? createMemoryAdapter({ namespace: schema, clock: Date.now })
            : await createPostgresAdapter({ connectionString: server.url, schema }),
        new: await createPostgresAdapter({ connectionString: through.href, schema }),
        stage,
      }) as Migrating,
    );
  if (!values['without-epoch']) await adapters[0]?.migration.begin();
  return { adapters, proxy };
}

interface Stretch {
  /** Outside of the bound, in milliseconds. */
  readonly p99: number;
  /** Of all. */
  readonly longest: number;
  readonly errors: number;
}

async function stretch(loads: readonly Writers[]): Promise<Stretch> {
  for (const load of loads) load.forget();
  const began = performance.now();
  await sleep(seconds * 1000);
  const all = loads.flatMap((load) => load.written);
  // Whoever began within the bound may have waited for all of it.
  const settled = all.filter(({ at, ms }) => at - ms > began + BOUND_MS).map(({ ms }) => ms);
  const sorted = settled.sort((a, b) => a - b);
  return {
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? NaN,
    longest: Math.max(...all.map(({ ms }) => ms)),
    errors: loads.reduce((sum, load) => sum + load.errors.length, 0),
  };
}

async function measure(old: string, stage: Stage, name: string, { adapters, proxy }: Open): Promise<void> {
  const migration = adapters[0]?.migration as Migration;
  const loads = adapters.map((adapter) => new Writers(adapter, writers / INSTANCES));
  const ratios: number[] = [];
  const longest: number[] = [];
  let [errors, most] = [0, 0];
  for (let pair = 0; pair < pairs; pair += 1) {
    const control = await stretch(loads);
    OUTAGES[name]?.(proxy);
    const outage = await stretch(loads);
    proxy.heal();
    errors += outage.errors;
    ratios.push(outage.p99 / control.p99);
    longest.push(outage.longest);
    most = Math.max(most, (await migration.status()).owed.count);
    await mend(migration, stage);
    await sleep(CALM_MS);
  }
  await Promise.all(loads.map((load) => load.stop()));
  const left = await mend(migration, stage);
  const { differences, unread } =
    stage === 'bridged' ? { differences: [], unread: [] } : await migration.compare(10);
  const sorted = ratios.toSorted((a, b) => a - b);
  const [least, middle, top] = [0, Math.floor(pairs / 2), pairs - 1].map((at) => sorted[at]?.toFixed(2));
  console.log(
    `${old.padEnd(9)} ${stage.padEnd(9)} ${name.padEnd(11)} errors ${errors}; p99 × ${middle} [${least}–${top}] outside the bound; longest ${Math.round(Math.max(...longest))} ms; owed at most ${most}, then ${left}; differences after repair ${differences.length}, unread ${unread.length}`,
  );
}

/** Resolves with how many records are owed still. */
async function mend(migration: Migration, stage: Stage): Promise<number> {
  // Nothing is copied there yet.
  if (stage === 'bridged') return 0;
  for (let round = 0; ; round += 1) {
    const { owed } = await migration.repair(1000);
    if (owed === 0 || round === 20) return owed;
    await sleep(CALM_MS / 10);
  }
}

const [first, second] = [await startEmbedded(), await startEmbedded()];
try {
  console.log(`${pairs} pairs of ${seconds} s, ${writers} writers on ${INSTANCES} instances`);
  for (const old of values.old.split(','))
    for (const stage of values.stages.split(',') as Stage[])
      for (const name of values.outages.split(',')) {
        const one = await open(old, first, second, stage);
        try {
          await measure(old, stage, name, one);
        } finally {
          for (const adapter of one.adapters) await adapter.close();
          await one.proxy.close();
        }
      }
} finally {
  await second.stop();
  await first.stop();
}
