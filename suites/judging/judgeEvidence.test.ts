import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../../scenarios/evidence.ts';
import { createRandom } from '../../scenarios/random.ts';
import { BUGS } from '../judge/testing/bugs.ts';
import { mutableCopy } from '../judge/testing/sites.ts';
import { simulate, type SyntheticOptions } from '../judge/testing/synthetic.ts';
import { writeEvidence } from '../judge/testing/writeEvidence.ts';
import { judgeEvidence, type JudgedEvidence } from './judgeEvidence.ts';
import { planMemory } from './memory.ts';

const WHOLE = planMemory(2 ** 32);
/** So little that every stream, or nearly, is a part of its own. */
const PARTS = { ...WHOLE, wholeBytes: 0, partBytes: 4096 };

let dir: string;
let count = 0;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-judging-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Judges it as a whole and by its parts. */
async function bothWays(evidence: Evidence): Promise<readonly [JudgedEvidence, JudgedEvidence]> {
  const folder = join(dir, String((count += 1)));
  await writeEvidence(folder, evidence);
  const whole = await judgeEvidence(folder, { memory: WHOLE });
  const parts = await judgeEvidence(folder, { memory: PARTS, withoutThreads: true });
  rmSync(folder, { recursive: true });
  return [whole, parts];
}

function run(seed: number, options: Partial<SyntheticOptions> = {}): Evidence {
  const workload = seed % 2 === 0 ? 'balance' : 'lifecycle';
  return simulate({
    seed,
    workload,
    operations: 250,
    streams: workload === 'balance' ? 8 : 60,
    services: 1 + (seed % 3),
    trouble: 0.1,
    ...options,
  });
}

describe('evidence that is judged part by part', () => {
  it('gets the judgement and the figures of the whole', async () => {
    const verdicts = new Set<string>();
    for (let seed = 1; seed <= 8; seed += 1) {
      const capabilities = { atomic: seed % 3 !== 0, crossInstance: true };
      const [whole, parts] = await bothWays(run(seed, { capabilities, splitBrain: seed % 4 === 1 }));
      expect(parts).toEqual(whole);
      verdicts.add(whole.judgement.verdict);
    }
    expect(verdicts).toEqual(new Set(['ok', 'violated']));
  });

  it.each(Object.keys(BUGS))('shows what the whole shows: %s', async (name) => {
    const evidence = mutableCopy(run(2 + (name.length % 2)));
    BUGS[name]?.(evidence, createRandom(name.length));
    const [whole, parts] = await bothWays(evidence);
    expect(whole.judgement.verdict).toBe('violated');
    expect(parts).toEqual(whole);
  });
});
