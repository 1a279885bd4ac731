import { expect, it } from 'vitest';
import { renderAnnotations } from '../renderers/github.ts';
import { drawDocument } from '../document/terminal/draw.ts';
import { stressReport } from '../testing/reports.ts';
import { coverage, stressStatus, warnings, type StressReport, type StressRun } from './model.ts';
import { recordedStress } from './recorded.ts';

const PLAIN = { color: false, columns: 120 };
const [HELD, BROKEN, OPEN] = stressReport().runs as [StressRun, StressRun, StressRun];
const WEAK: StressRun = { ...OPEN, isWeak: true };

function of(...runs: readonly StressRun[]): StressReport {
  return { ...stressReport(), runs };
}

it('takes a weak load for a warning, as long as others held and it is one of a few', () => {
  expect(stressStatus(of(HELD, WEAK))).toBe(0);
  expect(stressStatus(of(WEAK))).toBe(3);
  expect(stressStatus(of(HELD, WEAK, WEAK))).toBe(3);
  expect(warnings(of(...Array.from({ length: 18 }, () => HELD), WEAK, WEAK))).toHaveLength(2);
  // What is not known for another reason is none.
  expect(stressStatus(of(HELD, OPEN))).toBe(3);
  expect(stressStatus(of(HELD, WEAK, BROKEN))).toBe(1);
});

it('warns of it instead of failing the night', () => {
  const recorded = recordedStress(of(HELD, WEAK));
  expect(recorded.document.headline).toBe('1 of 2 loads held; in 1 too little could have been broken');
  expect(renderAnnotations(recorded)).toMatch(/^::warning title=hot-stream-no-fault-9 weak/m);
  expect(renderAnnotations(recorded)).toMatch(/^::notice title=lockstep/m);
  const cases = recorded.cases().flatMap((group) => group.cases);
  expect(cases.map(({ outcome }) => outcome)).toEqual(['passed', 'skipped']);
});

it('says how much of what there is to drive was driven', () => {
  const { target } = HELD;
  const pairs = ['hot-stream', 'uniform'].flatMap((mix) =>
    (['kill-holder', null] as const).map((fault) => ({ target, mix, fault })),
  );
  const report = {
    ...of(HELD, { ...HELD, seed: 11 }),
    pairs,
    leftOut: [{ target, fault: 'kill-holder' as const, why: 'there is no network namespace' }],
  };
  expect(coverage(report)).toEqual({ driven: 1, of: 4 });
  const text = drawDocument(recordedStress(report).document, PLAIN);
  expect(text).toContain('1 of 4 pairs of mix and fault was run');
  expect(text).toMatch(/kill-holder +2 +–/);
  expect(text).toContain('was left out: there is no network namespace');
  expect(coverage(of(HELD))).toBeUndefined();
});
