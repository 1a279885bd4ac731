import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Evidence } from '../../scenarios/evidence.ts';
import { createRandom } from '../../scenarios/random.ts';
import { BUGS } from '../judge/testing/bugs.ts';
import { mutableCopy, type MutableEvidence } from '../judge/testing/sites.ts';
import { simulate } from '../judge/testing/synthetic.ts';
import type { SyntheticOptions } from '../judge/testing/simulation.ts';
import { EvidenceWriter, writeEvidence } from '../judge/testing/writeEvidence.ts';
import { judgeEvidence, type JudgedEvidence, type JudgingOptions } from './judgeEvidence.ts';
import { planMemory } from './memory.ts';

const WHOLE = planMemory(2 ** 32);
/** So little that every stream, or nearly, is a part of its own. */
const PARTS = { ...WHOLE, wholeBytes: 0, partBytes: 4096 };
const ALONE: JudgingOptions = { memory: PARTS, withoutThreads: true };

const dir = mkdtempSync(join(tmpdir(), 'lockstep-judging-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let count = 0;
const newFolder = (): string => join(dir, String((count += 1)));

/** Judges it as a whole and by its parts. */
async function bothWays(
  evidence: Evidence,
  options: JudgingOptions = ALONE,
): Promise<readonly [JudgedEvidence, JudgedEvidence]> {
  const folder = newFolder();
  await writeEvidence(folder, evidence);
  const whole = await judgeEvidence(folder, { memory: WHOLE });
  return [whole, await judgeEvidence(folder, options)];
}

function run(seed: number, options: Partial<SyntheticOptions> = {}): Evidence {
  const workload = seed % 2 === 0 ? 'balance' : 'lifecycle';
  const streams = workload === 'balance' ? 6 : 40;
  return simulate({
    seed,
    workload,
    operations: 160,
    streams,
    services: 1 + (seed % 3),
    trouble: 0.1,
    ...options,
  });
}

/** Uses tokens of one stream on others, too. */
function shareTokens({ history, header }: MutableEvidence): void {
  for (const [index, request] of history.entries())
    if (request.result?.replayed === true)
      request.key = header.seeded[index % header.seeded.length]?.id ?? '';
}

/** Events say nothing of their operations, but for their ids. */
function hideOperations({ audits }: MutableEvidence): void {
  for (const { activity } of audits)
    for (const event of activity) delete (event as { details?: unknown }).details;
}

describe('evidence that is judged part by part', () => {
  it('gets the judgement and the figures of the whole', async () => {
    const verdicts = new Set<string>();
    for (let seed = 1; seed <= 5; seed += 1) {
      const capabilities = { atomic: seed % 3 !== 0, crossInstance: true };
      const [whole, parts] = await bothWays(run(seed, { capabilities, splitBrain: seed % 4 === 1 }));
      expect(parts).toStrictEqual(whole);
      verdicts.add(whole.judgement.verdict);
    }
    expect(verdicts).toEqual(new Set(['ok', 'violated']));
  });

  const names = Object.keys(BUGS);
  const BUGS_AT_ONCE = 5;
  const groups = Array.from({ length: Math.ceil(names.length / BUGS_AT_ONCE) }, (_, group) =>
    names.slice(group * BUGS_AT_ONCE, (group + 1) * BUGS_AT_ONCE),
  );

  it.each(groups.map((group) => ({ group })))('shows what the whole shows: $group', async ({ group }) => {
    const shares = { get: 0.1, scan: 0.06, repeat: 0.15, keyless: 0.1 };
    const evidence = mutableCopy(run(group.join('').length, { operations: 220, shares }));
    for (const name of group) BUGS[name]?.(evidence, createRandom(name.length));
    const [whole, parts] = await bothWays(evidence);
    expect(whole.judgement.verdict).toBe('violated');
    expect(parts).toStrictEqual(whole);
  });

  it('joins streams that share names, and is judged by threads', async () => {
    const evidence = mutableCopy(run(4));
    shareTokens(evidence);
    hideOperations(evidence);
    const [whole, parts] = await bothWays(evidence, { memory: PARTS });
    expect(whole.judgement.verdict).toBe('violated');
    expect(parts).toStrictEqual(whole);
  });

  it('is refused when a part takes more memory than there is', async () => {
    const folder = newFolder();
    await writeEvidence(folder, run(2));
    const memory = { ...PARTS, maxBytes: PARTS.partBytes };
    await expect(judgeEvidence(folder, { memory })).rejects.toMatchObject({
      code: 'EVIDENCE_TOO_LARGE',
      message: expect.stringContaining('NODE_OPTIONS=--max-old-space-size='),
    });
  });

  it('is no evidence where a line is none, with file and line', async () => {
    const folder = newFolder();
    const evidence = run(2, { services: 1 });
    const writer = new EvidenceWriter(folder);
    writer.add(evidence, (line) => (line.includes('"section":7,') ? line.replace('"at"', '"when"') : line));
    await writer.finish(evidence.header);
    for (const options of [{ memory: WHOLE }, ALONE, { memory: PARTS }])
      await expect(judgeEvidence(folder, options)).rejects.toMatchObject({
        code: 'EVIDENCE_MALFORMED',
        message: expect.stringMatching(/^journal-1\.jsonl:\d+: Expected "at"/),
      });
  });
});
