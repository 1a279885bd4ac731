import { describe, expect, it } from 'vitest';
import { createRandom } from '../../scenarios/random.ts';
import { historyOf, type RecordedRun } from '../../suites/figures/history.ts';
import { normal } from '../../suites/figures/testing/calibrate.ts';
import { renderJUnit } from '../renderers/junit.ts';
import { drawHtml } from '../document/html/draw.ts';
import { drawMarkdown } from '../document/markdown/draw.ts';
import { drawDocument } from '../document/terminal/draw.ts';
import { historyReportSchema } from '../schema/history.ts';
import type { HistoryReport } from './model.ts';
import { recordedHistory } from './recorded.ts';

const HOUR_MS = 3_600_000;
const CHANGED = 20;

/** Runs, of which all but the first twenty do a sixth less. */
function report(broken: HistoryReport['broken'] = [], length = 2 * CHANGED): HistoryReport {
  const random = createRandom(5);
  const entries = Array.from({ length }, (_, run): RecordedRun => ({
    schemaVersion: 1,
    at: new Date(Date.UTC(2026, 0, 1) + run * HOUR_MS).toISOString(),
    target: './my adapter.ts',
    commit: { id: `${run}`.padStart(40, 'c'), isChanged: false },
    lockstepVersion: '0.1.0',
    verdict: run === 3 ? 'violated' : 'ok',
    machine: { cpu: 'some', cores: 2 },
    settings: { mix: 'uniform', processes: 1 },
    figures: {
      'effects/s': (run < CHANGED ? 1000 : 830) * Math.exp(0.02 * normal(random)),
      'effect.p50': 900 * Math.exp(0.02 * normal(random)),
    },
    canary: { 'bare-server': 30 * Math.exp(0.02 * normal(random)) },
  }));
  return {
    schemaVersion: 1,
    kind: 'history',
    lockstepVersion: '0.1.0',
    createdAt: '2026-02-01T08:00:00.000Z',
    repeat: 'lockstep report --history history',
    series: historyOf(entries),
    broken,
  };
}

const BROKEN = [{ file: 'history.jsonl', line: 17, reason: 'expected <b>JSON</b>' }];

describe('a history', () => {
  it('says where a figure changed, since which commit, and that it was the code', () => {
    const text = drawDocument(recordedHistory(report()).document, { color: false, columns: 160 });
    expect(text).toContain(
      '39 runs in 1 series: 1 change, the latest: effects/s of ./my adapter.ts is slower, ratio 0.834',
    );
    expect(text).toMatch(
      /2026-01-01 20:00:00 UTC +c{12} +\.\/my adapter\.ts +effects\/s +✗ slower +0\.834 +the code: no canary moved/,
    );
    expect(text).toContain('39, and 1 left out that was not ok');
  });

  it('does not call a figure unchanged before it could show a change', () => {
    const text = (runs: number): string =>
      drawDocument(recordedHistory(report([], runs)).document, { color: false, columns: 160 });
    expect(text(1)).toContain('1 run in 1 series: too few to show a change');
    expect(text(1)).toContain(
      'There is nothing to compare with yet: a series shows a change from its 8th run on.',
    );
    expect(text(9)).toContain('8 runs in 1 series: no change');
  });

  it('is the same in every format, and escaped there', () => {
    const recorded = recordedHistory(report(BROKEN));
    expect(recorded.exitStatus).toBe(3);
    const html = drawHtml(recorded.document);
    expect(html).toContain('expected &lt;b&gt;JSON&lt;/b&gt;');
    expect(drawMarkdown(recorded.document)).toContain('17');
    expect(renderJUnit(recorded)).toContain('history.jsonl:17');
  });

  it('fits its schema', () => {
    const text = JSON.stringify(report(BROKEN));
    expect(historyReportSchema.parse(JSON.parse(text))).toEqual(JSON.parse(text));
  });
});
