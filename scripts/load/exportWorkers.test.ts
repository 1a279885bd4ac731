/**
 * What this alone proves: the mix of export workers, driven for real through several processes, makes the situations in which
 * wrong claims show, and its judge names them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvidence, runLoad } from '../../scenarios/load/index.ts';
import { judge } from '../../suites/judge/index.ts';
import type { Judgement, RuleName, RuleResult } from '../../suites/result.ts';
import { resolveTarget } from '../targets/targets.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lockstep-workers-'));
});
afterEach(() => rmSync(out, { recursive: true }));

async function judged(spec: string, services: number): Promise<Judgement> {
  await runLoad({
    target: await resolveTarget(spec, process.cwd()),
    pg: 'embedded',
    mix: 'export-workers',
    services,
    drivers: 1,
    connections: 16,
    operations: 600,
    seed: 3,
    out,
  });
  return judge(await readEvidence(out));
}

function rule({ rules }: Judgement, name: RuleName): RuleResult | undefined {
  return rules.find((one) => one.rule === name);
}

/** What the judge tells of claims, in no order that counts: one wrong claim can have several effects. */
function told(judgement: Judgement): string[] {
  return rule(judgement, 'claims')?.findings.map(({ summary }) => summary) ?? [];
}

describe('export workers', () => {
  it('break nothing on a correct adapter', async () => {
    const judgement = await judged('memory', 1);
    expect(judgement.rules.flatMap(({ findings }) => findings)).toEqual([]);
    expect(rule(judgement, 'claims')).toMatchObject({ verdict: 'ok' });
  });

  it('catch a claim that reads before it writes', async () => {
    const judgement = await judged('mutant:naive-claim@postgres', 2);
    expect(told(judgement)).toContainEqual(expect.stringMatching(/in the same attempt/));
  });

  it('catch a late finish that is let through', async () => {
    const judgement = await judged('mutant:finish-by-job-id@postgres', 2);
    expect(told(judgement)).toContainEqual(expect.stringMatching(/had expired, but that worker could/));
  });
});
