/**
 * How long checking takes and how much memory it needs: the public histories by search, and the balance workload by
 * version order. `npm run build && node dist/scripts/bench/checker.js [HISTORIES-FOLDER]`
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StreamLine } from '../../scenarios/history/lines.ts';
import { checkHistory } from '../../suites/checker/checkHistory.ts';
import { collectHistory, type HistoryCollector } from '../../suites/checker/models/index.ts';
import type { History } from '../../suites/checker/result.ts';
import { loadHistory } from '../histories.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const ROUNDS = 5;
const STREAMS = 50;
const CLIENTS = 64;
const LIMITS = { timeoutMs: 600_000, explainMs: 0, memoryBytes: 2 ** 31, clock: () => performance.now() };

const [argument = 'suites/checker/testing/histories', size] = process.argv.slice(2);
if (argument === 'balance') measureBalance(Number(size));
else {
  await measureHistories(argument);
  // A process of its own for each size, so that its peak is its own.
  const own = fileURLToPath(import.meta.url);
  for (const operations of SIZES)
    spawnSync(process.execPath, [own, 'balance', String(operations)], { stdio: 'inherit' });
}

async function measureHistories(folder: string): Promise<void> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const histories: History[] = [];
  for (const name of names) histories.push(await loadHistory({ cwd: folder, name }));
  for (let round = 1; round <= ROUNDS; round += 1) {
    const rows = histories.map((history, index) => {
      const { verdict, steps, decidedMs } = checkHistory(history, LIMITS);
      return { name: names[index] ?? '', verdict, steps, ms: decidedMs };
    });
    rows.sort((a, b) => b.ms - a.ms);
    const [hardest] = rows;
    const sum = (of: (row: (typeof rows)[number]) => number): number =>
      rows.reduce((total, row) => total + of(row), 0);
    console.log(
      `round ${round}: ${rows.length} histories in ${sum((row) => row.ms).toFixed(0)} ms and ` +
        `${sum((row) => row.steps)} steps; median ${rows[rows.length >> 1]?.ms.toFixed(2)} ms; ` +
        `hardest ${hardest?.name} ${hardest?.ms.toFixed(0)} ms, ${hardest?.steps} steps`,
    );
  }
}

function measureBalance(operations: number): void {
  const startedMs = cpuMs();
  const collector = collectHistory({
    format: 'lockstep-history',
    version: 1,
    model: 'stream-balance',
    initial: {
      status: 'active',
      revision: 0,
      totalAmount: '900719925474099300000',
      releasedAmount: '0',
      withdrawnAmount: '0',
    },
  });
  for (const line of balanceLines(operations)) collector.add({ model: 'stream-balance', line });
  const history = collected(collector);
  const collectedMs = cpuMs();
  const { verdict } = checkHistory(history, LIMITS);
  const decidedMs = cpuMs() - collectedMs;
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  const each = (1_000_000 * decidedMs) / operations;
  console.log(
    `${operations} balance operations: ${verdict} by version order in ${decidedMs.toFixed(0)} ms of CPU ` +
      `(${each.toFixed(0)} ns each), made and collected in ${(collectedMs - startedMs).toFixed(0)} ms, peak of the process ${peak} MB`,
  );
}

function collected(collector: HistoryCollector): History {
  const finishing = collector.finish();
  for (;;) {
    const part = finishing.next();
    if (part.done === true) return part.value;
  }
}

/** Clients that ask in turns, each answered while many others are under way; one in ten looks. */
function* balanceLines(count: number): Generator<StreamLine> {
  const revisions = new Int32Array(STREAMS);
  const released = new Float64Array(STREAMS);
  const withdrawn = new Float64Array(STREAMS);
  for (let number = 0; number < count; number += 1) {
    const stream = (number * 7919) % STREAMS;
    const f = number % 10 === 0 ? 'get' : Math.floor(number / STREAMS) % 2 === 0 ? 'settle' : 'withdraw';
    if (f === 'settle') released[stream] = (released[stream] as number) + 3;
    if (f === 'withdraw') withdrawn[stream] = (withdrawn[stream] as number) + 2;
    if (f !== 'get') revisions[stream] = (revisions[stream] as number) + 1;
    const at = number * 1000;
    yield {
      client: number % CLIENTS,
      key: `stream-${stream}`,
      f,
      args: f === 'get' ? {} : { amount: f === 'settle' ? '3' : '2', token: `token-${number}` },
      call: at - (number % 37) * 600,
      return: at + (number % 41) * 700,
      outcome: 'ok',
      result: {
        status: 200,
        effect: f !== 'get',
        revision: revisions[stream] as number,
        streamStatus: 'active',
        releasedAmount: String(released[stream]),
        withdrawnAmount: String(withdrawn[stream]),
        ...(f === 'get' ? {} : { operationId: `operation-${number}` }),
      },
    };
  }
}

/** The machine may be shared: CPU is steadier than time. Garbage collection by other threads counts. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
