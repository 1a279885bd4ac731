/**
 * What an outage of the new side costs the old one, in pairs of an undisturbed stretch and a disturbed one:
 * `npm run bench -- migration/outage [--pairs N] [--seconds N] [--writers N] [--old NAMES] [--stages NAMES] [--outages NAMES]
 * [--without-epoch]`. Each storage is an embedded server of its own, or the memory of a process. Two instances of the migrating
 * adapter write: each in a process of its own, unless they share a memory. The move has begun, as that of an operator has before
 * its first stage; `--without-epoch` measures one that has not.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify, parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Comparison,
  Json,
  Migration,
  MigrationStatus,
  RepairProgress,
  Stage,
} from '../../../adapters/contract/index.ts';
import { Connections } from '../../../adapters/postgres/connection/connections.ts';
import { ensureNamespace, schemaOf } from '../../../adapters/postgres/target/namespace.ts';
import { resolveOptions } from '../../../adapters/postgres/options.ts';
import { startEmbedded, type EmbeddedServer } from '../../../adapters/provision/local/embedded.ts';
import { StorageProxy } from '../../../scenarios/faults/proxy/proxy.ts';
import { Worker } from '../../../scenarios/load/run/channel.ts';
import type { OutageCommand, Stretch } from './outageProcess.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    writers: { type: 'string', default: '4' },
    old: { type: 'string', default: 'memory,postgres' },
    stages: { type: 'string', default: 'bridged,dual,cut-over' },
    outages: { type: 'string', default: 'refused,frozen,no answer,60 ms late' },
    'without-epoch': { type: 'boolean', default: false },
  },
});
const [pairs, seconds, writers] = [values.pairs, values.seconds, values.writers].map(Number) as [
  number,
  number,
  number,
];
/** The longest time for which a side may block the other, once, at the beginning of an outage. */
const BOUND_MS = 1000;
/** A pause without measurement, in which the debts of the last outage are copied. */
const CALM_MS = 2000;
const INSTANCES = 2;
const CALL_MS = 120_000;

/** The proxy in front of the new side, and the server of that side. */
interface Struck {
  readonly proxy: StorageProxy;
  readonly server: EmbeddedServer;
}

/** Each function begins an outage and resolves with the function that ends it. */
const OUTAGES: Readonly<Record<string, (struck: Struck) => Promise<() => void>>> = {
  refused: inNetwork((proxy) => proxy.refuse()),
  frozen: async ({ server }) => {
    process.kill(server.serverPid, 'SIGSTOP');
    const { stdout } = await promisify(execFile)('pgrep', ['-P', String(server.serverPid)]);
    const backends = stdout.split('\n').filter(Boolean).map(Number);
    for (const pid of backends) process.kill(pid, 'SIGSTOP');
    return () => {
      for (const pid of [...backends, server.serverPid]) process.kill(pid, 'SIGCONT');
    };
  },
  'no answer': inNetwork((proxy) => proxy.swallow()),
  '60 ms late': inNetwork((proxy) => proxy.delay(30)),
};

function inNetwork(begin: (proxy: StorageProxy) => void): (struck: Struck) => Promise<() => void> {
  return async ({ proxy }) => {
    begin(proxy);
    return () => proxy.heal();
  };
}

class Fleet {
  readonly #processes: Worker<OutageCommand>[] = [];

  /**
   * `old`: the server of the old side. Undefined: one process has the old side in its memory, and runs both instances.
   */
  static async open(
    old: EmbeddedServer | undefined,
    other: string,
    schema: string,
    stage: Stage,
  ): Promise<Fleet> {
    const fleet = new Fleet();
    const processes = old === undefined ? 1 : INSTANCES;
    const instances = INSTANCES / processes;
    const sides = { ...(old && { old: old.url }), new: other };
    for (let number = 1; number <= processes; number += 1) {
      const name = `process ${number}`;
      fleet.#processes.push(new Worker<OutageCommand>(name, 'scripts/bench/migration/outageProcess'));
    }
    await fleet.#all({ do: 'open', ...sides, schema, stage, instances });
    return fleet;
  }

  async migrate<T>(member: keyof Migration, ...args: readonly Json[]): Promise<T> {
    return await (this.#processes[0] as Worker<OutageCommand>).call<T>(
      { do: 'migrate', member, args },
      CALL_MS,
    );
  }

  async write(): Promise<void> {
    await this.#all({ do: 'write', writers: writers / INSTANCES });
  }

  async stretch(): Promise<Stretch> {
    const all = await this.#all<Stretch>({ do: 'stretch', ms: seconds * 1000 });
    return {
      sections: all.flatMap(({ sections }) => sections),
      errors: all.flatMap(({ errors }) => errors),
    };
  }

  async stop(): Promise<void> {
    await this.#all({ do: 'stop' });
  }

  async close(): Promise<void> {
    await this.#all({ do: 'close' }).catch(() => undefined);
    for (const one of this.#processes) await one.end();
  }

  async #all<T>(command: OutageCommand): Promise<T[]> {
    return await Promise.all(this.#processes.map((one) => one.call<T>(command, CALL_MS)));
  }
}

/** The p99 of sections that began after the bound. The sections before may have waited for the whole bound. */
function p99Of({ sections }: Stretch): number {
  const settled = sections.filter(({ from }) => from > BOUND_MS).map(({ ms }) => ms);
  return settled.sort((a, b) => a - b)[Math.floor(settled.length * 0.99)] ?? NaN;
}

async function measure(
  what: string,
  stage: Stage,
  name: string,
  fleet: Fleet,
  struck: Struck,
): Promise<void> {
  if (!values['without-epoch']) await fleet.migrate('begin');
  await fleet.write();
  const ratios: number[] = [];
  const errors: string[] = [];
  let [longest, most] = [0, 0];
  for (let pair = 0; pair < pairs; pair += 1) {
    const control = await fleet.stretch();
    const heal = await (OUTAGES[name] as (typeof OUTAGES)[string])(struck);
    const outage = await fleet.stretch().finally(heal);
    errors.push(...control.errors, ...outage.errors);
    ratios.push(p99Of(outage) / p99Of(control));
    longest = Math.max(longest, ...outage.sections.map(({ ms }) => ms));
    most = Math.max(most, (await fleet.migrate<MigrationStatus>('status')).owed.count);
    await mend(fleet, stage);
    await sleep(CALM_MS);
  }
  await fleet.stop();
  const left = await mend(fleet, stage);
  const { differences, unread } =
    stage === 'bridged' ? { differences: [], unread: [] } : await fleet.migrate<Comparison>('compare', 10);
  const sorted = ratios.toSorted((a, b) => a - b);
  const [least, middle, top] = [0, Math.floor(pairs / 2), pairs - 1].map((at) => sorted[at]?.toFixed(2));
  console.log(
    `${what.padEnd(9)} ${stage.padEnd(9)} ${name.padEnd(11)} errors ${errors.length}; p99 × ${middle} [${least}–${top}] outside the bound; longest ${Math.round(longest)} ms; owed at most ${most}, then ${left}; differences after repair ${differences.length}, unread ${unread.length}`,
  );
  if (errors[0] !== undefined) console.log(`  the first error: ${errors[0]}`);
}

/** Resolves with the number of records that are still owed. */
async function mend(fleet: Fleet, stage: Stage): Promise<number> {
  // In this stage, nothing is copied yet.
  if (stage === 'bridged') return 0;
  for (let round = 0; ; round += 1) {
    const { owed } = await fleet.migrate<RepairProgress>('repair', 1000);
    if (owed === 0 || round === 20) return owed;
    await sleep(CALM_MS / 10);
  }
}

async function run(old: string, stage: Stage, name: string): Promise<void> {
  const schema = schemaOf(`outage_${randomUUID().slice(0, 8)}`);
  for (const { url } of [first, second]) {
    const connections = await Connections.open(resolveOptions({ connectionString: url, schema }));
    await ensureNamespace(connections, schema, 'bench');
    await connections.close();
  }
  const through = new URL(second.url);
  const proxy = await StorageProxy.start({ host: through.hostname, port: Number(through.port) });
  through.host = `${proxy.address.host}:${proxy.address.port}`;
  const fleet = await Fleet.open(old === 'memory' ? undefined : first, through.href, schema, stage);
  try {
    await measure(old, stage, name, fleet, { proxy, server: second });
  } finally {
    await fleet.close();
    await proxy.close();
  }
}

const [first, second] = [await startEmbedded(), await startEmbedded()];
try {
  console.log(`${pairs} pairs of ${seconds} s, ${writers} writers on ${INSTANCES} instances`);
  for (const old of values.old.split(','))
    for (const stage of values.stages.split(',') as Stage[])
      for (const name of values.outages.split(',')) await run(old, stage, name);
} finally {
  await second.stop();
  await first.stop();
}
