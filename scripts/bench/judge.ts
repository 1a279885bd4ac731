/**
 * How long judging takes and how much memory it needs, on synthetic evidence of correct runs.
 * `npm run build && node --expose-gc dist/scripts/bench/judge.js [OPERATIONS…]`
 */
import type { Evidence } from '../../scenarios/evidence.ts';
import { judge } from '../../suites/judge/index.ts';
import { simulate } from '../../suites/judge/testing/synthetic.ts';

const SIZES = [10_000, 100_000];
const ROUNDS = 3;
const MEGABYTE = 1024 * 1024;

const sizes = process.argv.slice(2).map(Number);
for (const operations of sizes.length > 0 ? sizes : SIZES) measure(operations);

function measure(operations: number): void {
  const evidence = withSharedAudits(
    simulate({
      seed: 1,
      operations,
      streams: 50,
      clients: 32,
      services: 3,
      shares: { get: 0.1, scan: 20 / operations, repeat: 0.1, keyless: 0.05 },
    }),
  );
  const lines = evidence.journals.reduce((sum, journal) => sum + journal.entries.length, 0);
  const before = heldMegabytes();
  const times: number[] = [];
  let verdict = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = cpuMs();
    ({ verdict } = judge(evidence));
    times.push(Math.round(cpuMs() - start));
  }
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${operations} operations, ${lines} journal lines: ${verdict} in ${times.join(', ')} ms of CPU; ` +
      `evidence holds ${before} MB, peak of the process ${peak} MB (generator included)`,
  );
}

/** Readers that agree, as `readEvidence` loads them: what they read stands in memory once. */
function withSharedAudits(evidence: Evidence): Evidence {
  const [first] = evidence.audits;
  if (first === undefined) return evidence;
  return { ...evidence, audits: evidence.audits.map(({ reader }) => ({ ...first, reader })) };
}

/** The machine may be shared: CPU is steadier than time. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function heldMegabytes(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / MEGABYTE);
}
