/**
 * Hands the authority over again and again between two schemas of PostgreSQL, while writers on several instances count.
 * Prints how long nobody could write, whether a writer with an old epoch could write, and whether every counter is
 * right.
 *
 * `npm run bench -- flips [HAND_OVERS] [INSTANCES] [COUNTERS]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Migration, MigrationSide, StorageAdapter } from '../../../adapters/contract/index.ts';
import { createMigratingAdapter } from '../../../adapters/migration/index.ts';
import { Connections } from '../../../adapters/postgres/connection/connections.ts';
import { ensureNamespace, schemaOf } from '../../../adapters/postgres/target/namespace.ts';
import { openAdapter } from '../../../adapters/postgres/open.ts';
import { resolveOptions } from '../../../adapters/postgres/options.ts';
import { startEmbedded } from '../../../adapters/provision/local/embedded.ts';
import { probeAuthority } from '../../../scenarios/load/service/authorityProbe.ts';
import { runClock } from '../../../scenarios/load/service/journal.ts';
import { readProbes } from '../../../scenarios/drill/stepFile.ts';
import { judgeAuthority } from '../../../suites/drill/authority.ts';
import { Writers } from './writers.ts';

const LOCKS = { old: 'advisory', new: 'lease' } as const;
const DRAIN_MS = 1500;
const PROBE_MS = 20;
const REST_MS = 20;
const PATIENCE_MS = 60_000;

const [flips = 500, instances = 3, counted = 8] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'lockstep-flips-'));
const server = await startEmbedded();
const opened: StorageAdapter[] = [];
try {
  await run(server.url);
} finally {
  await Promise.allSettled(opened.map((adapter) => adapter.close()));
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function run(url: string): Promise<void> {
  const counters = Array.from({ length: counted }, (_, index) => `counter-${index}`);
  const operator = await moving(url, false);
  const migration = operator.migration as Migration;
  await Writers.create(operator, counters);
  await migration.begin();
  while (!(await migration.backfill(1000)).done);
  const fleet = await Promise.all(Array.from({ length: instances }, () => moving(url, true)));
  await migration.instruct({ stage: 'cut-over' });
  const path = join(folder, 'probes.jsonl');
  const probe = probeAuthority({
    sides: { old: await side(url, 'old'), new: await side(url, 'new') },
    path,
    now: runClock(process.hrtime.bigint()),
    everyMs: PROBE_MS,
    onUnwritten: (error) => {
      throw error;
    },
  });
  const writers = new Writers(fleet, counters);
  const began = performance.now();
  const { gaps, ended, refusals } = await handOver(migration);
  const seconds = (performance.now() - began) / 1000;
  await writers.stop();
  await probe.stop();
  const { outdatedTried, outdatedAccepted, findings, probes } = judgeAuthority(await readProbes(path));
  await migration.repair(1000);
  const { differences, owed } = await migration.compare(10);
  const wrong = await wrongIn(operator, writers);
  const sum = (of: 'done' | 'unknown' | 'refused'): number =>
    [...writers.answered.values()].reduce((all, one) => all + one[of], 0);
  const at = (share: number): number => Math.round(gaps[Math.floor((gaps.length - 1) * share)] ?? NaN);
  console.log(`hand overs:       ${gaps.length} in ${seconds.toFixed(1)} s, ${sumOf(refusals)} tried again, ${ended} sections ended
nobody could write: ${at(0.5)} ms in the median, ${at(0.99)} ms p99, ${at(1)} ms at most
writes:           ${sum('done')} answered, ${sum('refused')} refused, ${sum('unknown')} unknown, by ${instances} instances on ${counted} counters
counters wrong:   ${wrong.length === 0 ? 'none' : wrong.join('; ')}
at the end:       ${differences.length} differ, ${owed} owed
asked:            ${probes} times whom a side lets write; ${outdatedAccepted} of ${outdatedTried} writes of an epoch that was over accepted
findings:         ${findings.length === 0 ? 'none' : findings.join('; ')}`);
  for (const [why, times] of refusals) console.log(`refused:          ${times} times: ${why}`);
  const isHeld = findings.length === 0 && wrong.length === 0 && differences.length === 0 && owed === 0;
  if (!isHeld || outdatedAccepted > 0) process.exitCode = 1;
}

interface Flipped {
  /** In milliseconds, in ascending order. */
  readonly gaps: readonly number[];
  readonly ended: number;
  /** The reasons for which hand overs were refused, each with its number. */
  readonly refusals: ReadonlyMap<string, number>;
}

/** Performs the hand overs, each to the other side. Rejects if one is refused for too long. */
async function handOver(migration: Migration): Promise<Flipped> {
  const gaps: number[] = [];
  const refusals = new Map<string, number>();
  let ended = 0;
  for (let flip = 0; flip < flips; flip += 1) {
    const to: MigrationSide = flip % 2 === 0 ? 'new' : 'old';
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        const done = await migration.handOver(to, { drainMs: DRAIN_MS });
        gaps.push(done.gapMs);
        ended += done.ended;
        break;
      } catch (error) {
        if (performance.now() > until)
          throw new Error(`hand over ${flip + 1} of ${flips} was refused for ${PATIENCE_MS} ms`, {
            cause: error,
          });
        const why = error instanceof Error ? error.message : String(error);
        refusals.set(why, (refusals.get(why) ?? 0) + 1);
        await repaired(migration);
      }
    }
    await sleep(REST_MS);
  }
  return { gaps: gaps.toSorted((a, b) => a - b), ended, refusals };
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((all, one) => all + one, 0);
}

/** Repairs as much as possible. The next attempt reports what is left. */
async function repaired(migration: Migration): Promise<void> {
  try {
    await migration.repair(1000);
  } catch {
    await sleep(REST_MS);
  }
}

/** The counters that lack an acknowledged write, or are higher than possible. */
async function wrongIn(operator: StorageAdapter, writers: Writers): Promise<string[]> {
  const wrong: string[] = [];
  for (const [id, { done, unknown }] of writers.answered) {
    const revision = (await operator.streamRepository?.streams?.get(id))?.revision ?? NaN;
    if (!(revision >= done && revision <= done + unknown))
      wrong.push(`${id} is ${revision}, of ${done} answered and ${unknown} unknown`);
  }
  return wrong;
}

async function moving(url: string, follow: boolean): Promise<StorageAdapter> {
  const sides = { old: await side(url, 'old'), new: await side(url, 'new') };
  const adapter = createMigratingAdapter({ ...sides, stage: 'dual', follow });
  opened.push(adapter);
  return adapter;
}

async function side(url: string, name: MigrationSide): Promise<StorageAdapter> {
  const schema = schemaOf(`flips_${name}`);
  const options = resolveOptions({ connectionString: url, schema, lock: LOCKS[name] });
  const connections = await Connections.open(options);
  await ensureNamespace(connections, schema, 'bench');
  const adapter = openAdapter(connections);
  opened.push(adapter);
  return adapter;
}
