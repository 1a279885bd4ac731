/**
 * What this alone proves: faults strike real processes and a real server, what is correct holds under them, and what loses
 * money is caught.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../../scenarios/evidence.ts';
import type { FaultName } from '../../scenarios/faults/catalog.ts';
import { readEvidence, runLoad } from '../../scenarios/load/index.ts';
import { judge } from '../../suites/judge/index.ts';
import { resolveTarget } from '../targets/targets.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'lockstep-faults-'));
});
afterEach(() => rmSync(out, { recursive: true }));

async function struck(spec: string, names: readonly FaultName[], strikes: number): Promise<Evidence> {
  await runLoad({
    target: await resolveTarget(spec, process.cwd()),
    pg: 'embedded',
    mix: 'hot-stream',
    services: 2,
    drivers: 1,
    connections: 12,
    durationMs: 1000,
    faults: { names, strikes },
    seed: 4,
    out,
  });
  return await readEvidence(out);
}

describe('a load under faults', () => {
  it('loses and doubles nothing on a correct adapter', { timeout: 180_000 }, async () => {
    const evidence = await struck('postgres', ['kill-holder', 'cut-connection', 'restart-storage'], 1);
    const strikes = evidence.strikes ?? [];
    expect(strikes.map(({ missed }) => missed)).toEqual(strikes.map(() => undefined));
    expect(strikes).toHaveLength(3);
    expect(strikes.every(({ proof }) => proof !== undefined)).toBe(true);
    const { rules, tally, faults } = judge(evidence);
    expect(rules.flatMap(({ findings }) => findings.map(({ summary }) => summary))).toEqual([]);
    expect(tally).toMatchObject({ lost: 0, doubled: 0 });
    expect(faults?.map(({ fault, struck }) => `${fault} ${struck}`)).toEqual([
      'cut-connection 1',
      'kill-holder 1',
      'restart-storage 1',
    ]);
    // A process that replaced another one leaves a journal of its own.
    expect(evidence.journals.length).toBe(3);
  });

  it('is caught where a killed process takes what it acknowledged with it', async () => {
    const judgement = judge(await struck('memory', ['kill-holder'], 1));
    expect(judgement.verdict).toBe('violated');
  });

  it('refuses a fault that the target does not offer', async () => {
    await expect(struck('memory', ['restart-storage'], 1)).rejects.toThrow(
      /restart-storage needs faults\["restart-storage"\], which the target memory does not offer/,
    );
  });
});
