/** Checks balance workloads from files of growing size, and measures the whole process from start to exit. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { distUrl } from '../../paths.ts';
import { writeBalanceHistory } from './balance.ts';
import { medianOf } from '../../../scenarios/median.ts';
import { range } from './figures.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const ROUNDS = 3;
const COMMAND = fileURLToPath(distUrl('scripts/lockstep.js'));
/** Makes the process write its resource use to stderr, including all of its threads. */
const TELL = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => { const { user, system } = process.cpuUsage(); console.error(JSON.stringify(' +
    '{ cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 })); });',
)}`;

interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
}

export function measureFiles(): void {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  try {
    console.log(
      `| operations | file | wall s, ${ROUNDS} rounds | CPU s | CPU µs an operation | peak |\n|---|---|---|---|---|---|`,
    );
    for (const operations of SIZES) {
      const path = join(dir, `balance-${operations}.jsonl`);
      writeBalanceHistory(path, operations);
      const usages = Array.from({ length: ROUNDS }, () => measure(path));
      const cpus = usages.map(({ cpuMs }) => cpuMs / 1000);
      const each = (1_000_000 * medianOf(cpus)) / operations;
      const peak = Math.max(...usages.map(({ peakMb }) => peakMb));
      console.log(
        `| ${operations} | ${(statSync(path).size / 1e6).toFixed(0)} MB | ${range(usages.map(({ wallMs }) => wallMs / 1000))} | ` +
          `${range(cpus)} | ${each.toFixed(1)} | ${peak.toFixed(0)} MB |`,
      );
      rmSync(path);
    }
    console.log('');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function measure(path: string): Usage {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', TELL, COMMAND, 'check', path], {
    encoding: 'utf8',
  });
  const wallMs = performance.now() - startedAt;
  if (status !== 0) throw new Error(`expected a linearizable history, got ${status}: ${stdout}${stderr}`);
  const told = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as Omit<Usage, 'wallMs'>;
  return { ...told, wallMs };
}
