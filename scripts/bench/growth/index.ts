/**
 * Writes a page about how figures grow with services, streams and operations: `npm run bench -- growth [--duration 10s]
 * [--operations N] > docs/measured/growth.md`. Each size is measured once, in fresh processes. The page shows shapes
 * and knees. Differences of a few percent mean nothing.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { MemoryFigures } from './memory.ts';

const { values } = parseArgs({
  options: {
    duration: { type: 'string', default: '10s' },
    operations: { type: 'string', default: '1000000' },
  },
});
const build = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
const BUFFER = { maxBuffer: 1 << 30 };

const SERVICES = [1, 2, 4, 8];
const STREAMS = [1000, 10_000, 100_000, 1_000_000];
const MIXES = ['uniform', 'hot-stream'];
const OPERATIONS = [10_000, 100_000, 1_000_000, 10_000_000].filter(
  (size) => size <= Number(values.operations),
);
/** If doubling the services brings less than this factor, it does not pay. */
const KNEE = 1.25;
/** From this share on, the cores are the limit. */
const BUSY = 0.9;

interface Figures {
  readonly effectsPerSecond: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly cpuPerEffect: number;
  /** The share of all cores' time that was used, by any process. */
  readonly busy: number;
}

interface RunJson {
  readonly loads: readonly {
    readonly judgement: { readonly verdict: string; readonly reason: string };
    readonly effectsPerSecond: number;
    readonly cpu: { readonly services: { readonly usPerEffect: number } };
    readonly latency: readonly {
      readonly name: string;
      readonly percentiles: Pick<Figures, 'p50' | 'p99'>;
    }[];
  }[];
}

function cpuTimes(): { readonly idle: number; readonly all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (pick: (one: (typeof times)[number]) => number): number =>
    times.reduce((total, one) => total + pick(one), 0);
  return { idle: sum((one) => one.idle), all: sum((one) => Object.values(one).reduce((a, b) => a + b, 0)) };
}

async function load(services: number, mix: string): Promise<Figures> {
  const out = mkdtempSync(join(tmpdir(), 'lockstep-growth-'));
  const before = cpuTimes();
  const options = [
    '--processes',
    String(services),
    '--mix',
    mix,
    '--duration',
    values.duration,
    '--seed',
    '1',
  ];
  const command = ['load', 'postgres', ...options, '--json', '--out', join(out, 'run')];
  try {
    const stdout = await printed(join(build, 'scripts/lockstep.js'), command);
    const after = cpuTimes();
    const [one] = (JSON.parse(stdout) as RunJson).loads;
    if (one === undefined || one.judgement.verdict === 'violated')
      throw new Error(`Expected a load that holds, got ${one?.judgement.reason ?? stdout}`);
    const { p50 = null, p99 = null } = one.latency.find(({ name }) => name === 'effect')?.percentiles ?? {};
    const busy = 1 - (after.idle - before.idle) / (after.all - before.all);
    return {
      effectsPerSecond: one.effectsPerSecond,
      p50,
      p99,
      cpuPerEffect: one.cpu.services.usPerEffect,
      busy,
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The standard output of a command, whatever its exit status: an inconclusive load is no failure here. */
async function printed(script: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(process.execPath, [script, ...args], BUFFER)).stdout;
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string };
    if (stdout === undefined || stdout === '') throw error;
    return stdout;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const ms = (micros: number | null): string => (micros === null ? 'too few' : (micros / 1000).toFixed(1));

/** The size from which doubling the services does not pay, and what limits them. */
function knee(sizes: readonly number[], all: readonly Figures[]): string {
  const at = all.findIndex(
    ({ effectsPerSecond }, index) =>
      index > 0 && effectsPerSecond < KNEE * (all[index - 1] as Figures).effectsPerSecond,
  );
  if (at === -1) return `No knee up to ${sizes.at(-1)} services.`;
  const { busy } = all[at] as Figures;
  const limit =
    busy >= BUSY
      ? `the cores are the limit: ${Math.round(busy * 100)} % of their time is used`
      : `the cores are not the limit (${Math.round(busy * 100)} % of their time is used): sections wait for each other, or for the database`;
  const most = `${sizes[at - 1]} ${sizes[at - 1] === 1 ? 'service' : 'services'}`;
  return `The knee is at ${most}: ${sizes[at]} bring less than ${KNEE} times as much, and ${limit}.`;
}

async function services(mix: string): Promise<string> {
  const all: Figures[] = [];
  for (const count of SERVICES) all.push(await load(count, mix));
  const rows = all.map((one, index) => [
    String(SERVICES[index]),
    whole(one.effectsPerSecond),
    ms(one.p50),
    ms(one.p99),
    whole(one.cpuPerEffect),
    `${Math.round(one.busy * 100)} %`,
  ]);
  const head = ['services', 'effects/s', 'p50, ms', 'p99, ms', 'service CPU per effect, µs', 'cores in use'];
  return `## postgres by services, mix ${mix}\n\n${table(head, rows)}\n\n${knee(SERVICES, all)}`;
}

async function memory(): Promise<string> {
  const all: MemoryFigures[] = [];
  for (const streams of STREAMS) {
    const { stdout } = await run(process.execPath, [
      join(build, 'scripts/bench/growth/memory.js'),
      String(streams),
    ]);
    all.push(JSON.parse(stdout) as MemoryFigures);
  }
  const names = Object.keys(all[0]?.micros ?? {});
  const head = ['streams', 'bytes per stream', ...names.map((name) => `${name}, µs of CPU`)];
  const rows = all.map(({ streams, bytesPerStream, micros }) => [
    whole(streams),
    whole(bytesPerStream),
    ...names.map((name) => (micros[name] ?? NaN).toFixed(1)),
  ]);
  return `## memory by streams\n\n${table(head, rows)}`;
}

async function judging(): Promise<string> {
  const rows: string[][] = [];
  for (const operations of OPERATIONS) {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-growth-'));
    const judge = join(build, 'scripts/bench/judge.js');
    try {
      await run(process.execPath, [judge, 'write', folder, String(operations)], BUFFER);
      const { stdout } = await run(process.execPath, [judge, folder], BUFFER);
      const [, wall = '', cpu = '', peak = ''] =
        /in (\d+) ms, (\d+) ms of CPU, peak (\d+) MB/.exec(stdout) ?? [];
      rows.push([whole(operations), ...[wall, cpu].map((one) => (Number(one) / 1000).toFixed(1)), peak]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return `## The judge by operations\n\n${table(['operations', 'seconds', 'seconds of CPU', 'most memory, MB'], rows)}`;
}

const parts: string[] = [];
for (const mix of MIXES) parts.push(await services(mix));
parts.push(await memory(), await judging());
const cores = cpus();
console.log(`# How figures grow

What \`npm run bench -- growth\` writes: ${cores.length} cores (${cores[0]?.model ?? 'unknown'}), Node ${process.version}, the embedded
PostgreSQL, drivers and services and server on the same cores. Each size was measured once, for ${values.duration}, in fresh processes: read
shapes and knees here, not differences of a few percent. What the columns mean: [measuring](../measuring.md).

${parts.join('\n\n')}`);
