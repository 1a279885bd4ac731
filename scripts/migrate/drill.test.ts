/** What this alone proves of a drill: that it goes through every step under load, is judged as one history, and is told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { DrillReport } from '../../reports/drill/model.ts';
import { readFileSync } from 'node:fs';
import { drill } from '../actions/drill.ts';
import { terminalOf } from '../terminal/terminal.ts';

const work = mkdtempSync(join(tmpdir(), 'lockstep-drill-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it('moves memory to memory and back, with one history over both', async () => {
  const said: string[] = [];
  const terminal = { ...terminalOf(process), out: (text: string) => void said.push(text), error: () => {} };
  const context = { terminal, cwd: work, env: {}, done: () => {} };
  const flags = { pg: 'embedded', seed: 7, duration: 0.2, out: 'out' };
  const status = await drill(context, ['memory', 'memory'], flags);
  const report = JSON.parse(readFileSync(join(work, 'out', 'drill.json'), 'utf8')) as DrillReport;
  const { steps, judgement, comparison } = report;
  expect(judgement.rules.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
  expect(judgement.tally).toMatchObject({ lost: 0, doubled: 0 });
  expect(comparison).toMatchObject({ owed: 0, differences: [] });
  expect(steps.filter(({ way }) => way === 'back').length).toBeGreaterThan(2);
  // So short a step may have had too few effects, and says so.
  expect(
    steps.map(({ reason = '' }) => reason).filter((reason) => !/^(|\d+ effects of 20)/.test(reason)),
  ).toEqual([]);
  expect([0, 3]).toContain(status);
  expect(said.join('\n')).toContain('cut-over');
});
