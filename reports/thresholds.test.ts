import { describe, expect, it } from 'vitest';
import { parseThreshold, type Threshold } from '../suites/figures/thresholds.ts';
import { applyToLoad } from '../suites/figures/thresholdsOfLoad.ts';
import { renderAnnotations } from './renderers/github.ts';
import { drawMarkdown } from './document/markdown/draw.ts';
import { parseRunResult, renderJson } from './renderers/json.ts';
import { renderJUnit } from './renderers/junit.ts';
import type { RunResult } from './model.ts';
import { recordedRun } from './run/recorded.ts';
import { runStatus } from './words/status.ts';
import { okLoad, violatedLoad } from './testing/fixtures.ts';

function held(run: RunResult, ...texts: readonly string[]): RunResult {
  const thresholds = texts.map((text) => parseThreshold(text) as Threshold);
  const loads = run.loads.map((load) => ({
    ...load,
    thresholds: thresholds.map((one) =>
      applyToLoad(one, load.target.spec, { judgement: load.judgement, load }),
    ),
  }));
  return { ...run, loads, exitStatus: runStatus({ ...run, loads }) };
}

describe('thresholds of a load', () => {
  it.each([
    [['effects/s>1', 'effect.p99<1s'], 0],
    [['effects/s>1', 'effect.p99<1us'], 4],
    [['effect.p99<1us', 'unsent<1%'], 4],
    [['effects/s>1', 'unsent<1%'], 3],
  ] as const)('make the exit status: %j is %i', (texts, status) => {
    expect(held(okLoad(), ...texts).exitStatus).toBe(status);
  });

  it('are not met by figures of a load that broke a rule', () => {
    const run = held(violatedLoad(), 'effects/s>1');
    expect(run.exitStatus).toBe(1);
    expect(run.loads[0]?.thresholds).toMatchObject([
      { outcome: 'undecided', reason: 'the load is violated' },
    ]);
  });

  it('are cases, lines of the curves, and said first', () => {
    const run = held(okLoad(), 'effect.p99<1us', 'unsent<1%');
    const recorded = recordedRun(run);
    expect(recorded.document.headline).toMatch(/^1 threshold missed, the first: effect\.p99<1us of postgres/);
    const xml = renderJUnit(recorded);
    expect(xml).toMatch(/testcase name="effect\.p99&lt;1us of postgres"[^>]*>\s*<failure type="missed"/);
    expect(xml).toMatch(/<error type="undecided" message="only an open loop/);
    expect(renderAnnotations(recorded)).toContain('::error title=lockstep::1 threshold missed');
    expect(drawMarkdown(recorded.document)).toContain('effect.p99');
    const curves = recorded.document.chapters
      .flatMap(({ blocks }) => blocks)
      .flatMap((block) => (block.kind === 'chart' && block.chart.kind === 'lines' ? block.chart.views : []))
      .filter(({ limits = [] }) => limits.length > 0);
    expect(curves).toMatchObject([{ name: 'effect', limits: [{ at: 1, label: 'effect.p99<1us' }] }]);
    expect(parseRunResult(renderJson(run))).toEqual(JSON.parse(renderJson(run)));
  });
});
