/**
 * Measures the time and memory of judging, on synthetic evidence of correct runs of any size. `npm run build && node
 * dist/scripts/bench/judge.js write FOLDER OPERATIONS`, then `node dist/scripts/bench/judge.js FOLDER…`. These are
 * separate processes, so that the memory of the generator is not counted.
 */
import type { EvidenceHeader } from '../../scenarios/evidence.ts';
import { EvidenceWriter } from '../../suites/judge/testing/writeEvidence.ts';
import { simulate } from '../../suites/judge/testing/synthetic.ts';
import { judgeEvidence } from '../../suites/judging/judgeEvidence.ts';

/**
 * The operations of a piece. A piece is simulated as a whole. Each piece follows the one before, and has streams of its
 * own.
 */
const PIECE_OPERATIONS = 10_000;
const STREAMS = 50;
/** More than the sections of one piece. */
const PIECE_SECTIONS = 1_000_000;
const MEGABYTE = 1024 * 1024;

const [first, folder, size] = process.argv.slice(2);
if (first === 'write' && folder !== undefined) await write(folder, Number(size));
else for (const dir of process.argv.slice(2)) await measure(dir);

async function write(dir: string, operations: number): Promise<void> {
  const writer = new EvidenceWriter(dir);
  const seeded: EvidenceHeader['seeded'][number][] = [];
  let last: EvidenceHeader | undefined;
  for (let piece = 0; piece * PIECE_OPERATIONS < operations; piece += 1) {
    const evidence = simulate({
      seed: piece + 1,
      operations: Math.min(PIECE_OPERATIONS, operations - piece * PIECE_OPERATIONS),
      streams: STREAMS,
      clients: 32,
      services: 3,
      shares: { get: 0.1, scan: 0, repeat: 0.1, keyless: 0.05 },
    });
    const from = last?.loadTo ?? 0;
    writer.add(evidence, (line) => rewritten(line, piece, from));
    for (const { id, createdAt, ...record } of evidence.header.seeded)
      seeded.push({ ...record, id: rewritten(id, piece, from), createdAt });
    last = { ...evidence.header, loadFrom: 0, loadTo: from + evidence.header.loadTo };
  }
  if (last === undefined) throw new Error('Expected how many operations to write, got none.');
  await writer.finish({ ...last, seeded });
  console.log(`${operations} operations on ${seeded.length} streams in ${dir}`);
}

/** Makes the names and times in the line unique to the piece: streams, tokens, operation ids, sections. */
function rewritten(line: string, piece: number, from: number): string {
  const digits = String(piece).padStart(4, '0');
  return line
    .replaceAll('stream-0', `stream-${digits}-0`)
    .replaceAll(':k', `:${digits}k`)
    .replaceAll(/\b[0-9a-f]{4}([0-9a-f]{28})\b/g, `${digits}$1`)
    .replaceAll(
      /"(call|return|at|wait|enter|read|execute|settle)":(\d+)/g,
      (_, name, time) => `"${name}":${Number(time) + from}`,
    )
    .replaceAll(/"section":(\d+)/g, (_, section) => `"section":${Number(section) + piece * PIECE_SECTIONS}`);
}

async function measure(dir: string): Promise<void> {
  const startedAt = performance.now();
  const { judgement, summary } = await judgeEvidence(dir);
  const tookMs = Math.round(performance.now() - startedAt);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  console.log(
    `${summary.operations} operations: ${judgement.verdict} in ${tookMs} ms, ` +
      `${Math.round((userCPUTime + systemCPUTime) / 1000)} ms of CPU, peak ${Math.round((maxRSS * 1024) / MEGABYTE)} MB. ` +
      judgement.reason,
  );
}
