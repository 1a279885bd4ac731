/**
 * Measures the cost of the harness: how many requests lockstep's own service handles with its driver, compared with a
 * bare node:http server with the same driver. In memory, in pairs of fresh processes that take turns.
 *
 * `npm run build && node dist/scripts/bench/service/index.js [PAIRS [OPERATIONS [MIX…]]]`
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { DriverReport } from '../../../scenarios/load/run/control.ts';
import { Generators } from '../../../scenarios/load/run/generators.ts';
import { MIX_NAMES, type MixName } from '../../../scenarios/load/mixes/index.ts';
import { resolveLoad, type LoadOptions } from '../../../scenarios/load/run/options.ts';
import { runLoad } from '../../../scenarios/load/run/run.ts';
import { medianOf } from '../../../scenarios/median.ts';

const [pairs = '7', operations = '20000', ...mixes] = process.argv.slice(2);
const CONNECTIONS = 32;

function optionsOf(mix: MixName, seed: number, out: string): LoadOptions {
  const url = new URL('../../../adapters/memory/target.js', import.meta.url).href;
  return {
    target: { spec: 'memory', url },
    pg: 'embedded',
    mix,
    services: 1,
    drivers: 1,
    connections: CONNECTIONS,
    operations: Number(operations),
    seed,
    out,
  };
}

/** The bare server answers for any stream. */
const NO_STREAM_LACKS = Number.MAX_SAFE_INTEGER;

/** Requests per second. */
type Measure = (options: LoadOptions) => Promise<number>;

const ofService: Measure = async (options) => perSecond((await runLoad(options)).generator.drivers);

const ofBareServer: Measure = async (options) => {
  const entry = fileURLToPath(new URL('bareServer.js', import.meta.url));
  const server = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = text(server.stdout);
  const port = await new Promise<number>((resolve, reject) => {
    server.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
    server.once('error', reject);
  });
  const generators = new Generators(resolveLoad(options), 0, null, {
    onUnwritten: (what) => console.error(what),
    onNeed: () => {},
  });
  const services = [{ service: 1, port, token: '0'.repeat(32) }];
  try {
    return perSecond(await generators.drive(services, process.hrtime.bigint(), NO_STREAM_LACKS));
  } finally {
    await generators.close();
    server.stdin.end();
    await ended;
  }
};

function perSecond(reports: readonly DriverReport[]): number {
  const [report] = reports;
  if (report === undefined) throw new Error('Expected the report of a driver, got none.');
  return (report.requests * 1e9) / (report.loadTo - report.loadFrom);
}

async function measured(measure: Measure, mix: MixName, seed: number): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  try {
    return await measure(optionsOf(mix, seed, out));
  } finally {
    rmSync(out, { recursive: true });
  }
}

console.log(
  `node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), load average ${loadavg()[0]?.toFixed(1)}; ` +
    `${pairs} pairs of ${operations} operations over ${CONNECTIONS} connections`,
);
for (const mix of mixes.length === 0 ? (['uniform', 'settle-withdraw-race'] as const) : mixes) {
  const known = MIX_NAMES.find((name) => name === mix);
  if (known === undefined) throw new Error(`Expected a mix, one of ${MIX_NAMES.join(', ')}, got ${mix}.`);
  const pair: { readonly service: number; readonly bare: number }[] = [];
  for (let round = 1; round <= Number(pairs); round += 1) {
    // The order alternates, because the first one of a round meets a machine in another state than the second one.
    const order = round % 2 === 0 ? [ofService, ofBareServer] : [ofBareServer, ofService];
    const rates = new Map<Measure, number>();
    for (const measure of order) rates.set(measure, await measured(measure, known, round));
    pair.push({ service: rates.get(ofService) ?? NaN, bare: rates.get(ofBareServer) ?? NaN });
  }
  const ratios = pair.map(({ service, bare }) => service / bare);
  console.log(
    `${mix}: the service takes ${medianOf(ratios).toFixed(2)} of the bare server's requests ` +
      `(${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}): ` +
      `${Math.round(medianOf(pair.map(({ service }) => service)))} and ` +
      `${Math.round(medianOf(pair.map(({ bare }) => bare)))} a second`,
  );
}
