/**
 * Measures how fast a backfill and a comparison between two PostgreSQL databases are, with and without writers at the
 * same time, and how much memory their process takes. The server is an embedded one.
 *
 * `npm run build && node dist/scripts/bench/migration/index.js STREAMS EVENTS [WRITERS]`
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompareOptions, Migration, StorageAdapter } from '../../../adapters/contract/index.ts';
import { createMigratingAdapter } from '../../../adapters/migration/index.ts';
import { Connections } from '../../../adapters/postgres/connection/connections.ts';
import { ensureNamespace, schemaOf } from '../../../adapters/postgres/target/namespace.ts';
import { openAdapter } from '../../../adapters/postgres/open.ts';
import { resolveOptions } from '../../../adapters/postgres/options.ts';
import { startEmbedded } from '../../../adapters/provision/local/embedded.ts';
import { fill } from './fill.ts';
import { Writers } from './writers.ts';

const MEGABYTE = 1024 * 1024;
const BATCH = 20_000;

const [streams = 20_000, events = 100_000, writers = 0] = process.argv.slice(2).map(Number);
const server = await startEmbedded();
try {
  await run(server.url);
} finally {
  await server.stop();
}

async function run(url: string): Promise<void> {
  const sides: StorageAdapter[] = [];
  const schemas: string[] = [];
  for (const name of ['old', 'new']) {
    const schema = schemaOf(`bench_${name}_${randomUUID().slice(0, 8)}`);
    const connections = await Connections.open(resolveOptions({ connectionString: url, schema }));
    await ensureNamespace(connections, schema, 'bench');
    schemas.push(schema);
    sides.push(openAdapter(connections));
  }
  await fill(url, schemas[0] as string, { streams, events });
  const [old, other] = sides as [StorageAdapter, StorageAdapter];
  const adapter = createMigratingAdapter({ old, new: other, stage: 'dual' });
  const migration = adapter.migration as Migration;
  const load = new Writers(adapter, writers);
  const control = await load.latencies(2000);
  console.log(`${streams} streams, ${events} events; ${writers} writers, p99 ${control} ms without a copy`);
  await measured('backfill', load, () => pass(migration));
  await measured('backfill, once more', load, () => pass(migration));
  await measured('comparison', load, () => comparison(migration));
  await measured('comparison of what has changed', load, () => comparison(migration, { onlyChanged: true }));
  await load.stop();
  if (load.errors.length > 0) throw new Error('Expected no section to fail.', { cause: load.errors[0] });
  await adapter.close();
}

async function pass(migration: Migration): Promise<number> {
  let examined = 0;
  for (;;) {
    const batch = await migration.backfill(BATCH);
    if (batch.failed.length > 0)
      throw new Error(`Expected every copy, got ${JSON.stringify(batch.failed[0])}.`);
    examined += batch.examined;
    if (batch.done) return examined;
  }
}

async function comparison(migration: Migration, options: CompareOptions = {}): Promise<number> {
  const { differences, unread, compared } = await migration.compare(10, options);
  const [first] = [...differences, ...unread];
  if (first !== undefined) throw new Error(`Expected equal sides, got ${JSON.stringify(first)}.`);
  return compared;
}

/** Prints the records per second, the p99 of the writers in this time, and the largest increase in memory. */
async function measured(what: string, load: Writers, action: () => Promise<number>): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const over = new AbortController();
  const watch = (async () => {
    while (!over.signal.aborted) {
      most = Math.max(most, process.memoryUsage().rss);
      await sleep(50);
    }
  })();
  load.forget();
  const began = performance.now();
  const records = await action();
  const seconds = (performance.now() - began) / 1000;
  over.abort();
  await watch;
  console.log(
    `${what}: ${records} records in ${seconds.toFixed(1)} s, ${Math.round(records / seconds)} per second; writers' p99 ${load.p99()} ms; ${Math.round((most - before) / MEGABYTE)} MB more`,
  );
}
