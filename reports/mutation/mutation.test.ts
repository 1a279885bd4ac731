import { expect, it } from 'vitest';
import type { SpecimenResult } from '../../suites/mutation/mutation.ts';
import type { ClauseResult } from '../../suites/result.ts';
import { drawHtml } from '../document/html/draw.ts';
import { drawMarkdown } from '../document/markdown/draw.ts';
import { drawBlocks, drawDocument } from '../document/terminal/draw.ts';
import { mutationReport } from '../testing/reports.ts';
import { mutationDocument, specimenBlocks } from './document.ts';
import { median, mutationStatus, type MutationReport } from './model.ts';

const PLAIN = { color: false, columns: 100 };
const NOTHING = { exercised: 1, orders: 0, processes: 1, instances: 1, seed: 7 };

const found: ClauseResult = {
  clause: 'LOCK-01',
  status: 'violated',
  runs: 3,
  durationMs: 1200,
  counterexample: {
    summary: 'Two <callers> were inside at once.',
    expected: 'one',
    actual: 'two',
    path: '2',
    run: 3,
    shrinks: 1,
    lanes: [],
  },
  ...NOTHING,
};
const held: ClauseResult = { clause: 'LOCK-02', status: 'ok', runs: 100, durationMs: 900, ...NOTHING };

function specimen(part: Partial<SpecimenResult>): SpecimenResult {
  return {
    kind: 'mutant',
    name: 'no-lock',
    base: 'memory',
    about: 'A transaction | taken for a lock.',
    clauses: ['LOCK-01'],
    fate: 'killed',
    exams: [{ seed: 7, fate: 'killed', clauses: [found, held], durationMs: 2000 }],
    ...part,
  };
}

function report(...specimens: SpecimenResult[]): MutationReport {
  return { ...mutationReport(), specimens };
}

const survivor = specimen({
  name: 'quiet',
  fate: 'survived',
  clauses: ['LOCK-02'],
  exams: [{ seed: 7, fate: 'survived', clauses: [held], durationMs: 900 }],
});
const accused = specimen({
  kind: 'equivalent',
  name: 'two-key-lock',
  clauses: [],
  fate: 'accused',
  exams: [{ seed: 7, fate: 'accused', clauses: [found, held], durationMs: 900 }],
});

it('says who was killed, by what and how fast, and who was not', () => {
  const block = (one: SpecimenResult): string => drawBlocks(specimenBlocks(one, 2), PLAIN);
  expect(block(specimen({}))).toMatch(/^✓ no-lock on memory +killed by LOCK-01 in run 3, 1.2 s$/);
  expect(block(survivor)).toContain('survived LOCK-02 with seed 7');
  expect(block(accused)).toContain('Two <callers> were inside at once.');
  const text = drawDocument(mutationDocument(report(specimen({}), survivor, accused)), PLAIN);
  expect(text).toContain('1 of 2 mutants killed, 0 of 1 equivalent passed');
  expect(text).toContain('lockstep mutants --seed 7');
});

it('ends by the worst that came', () => {
  const undecided = specimen({ fate: 'undecided' });
  expect(mutationStatus(report(specimen({})))).toBe(0);
  expect(mutationStatus(report(specimen({}), undecided))).toBe(3);
  expect(mutationStatus(report(survivor, undecided))).toBe(1);
  expect(mutationStatus(report(accused))).toBe(1);
  expect(mutationStatus({ ...report(specimen({})), partial: true })).toBe(3);
});

it('renders foreign text as text', () => {
  const all = report(specimen({}), survivor, accused);
  expect(drawMarkdown(mutationDocument(all))).toContain('A transaction &#124; taken for a lock.');
  const html = drawHtml(mutationDocument(all));
  expect(html).toContain('Two &lt;callers&gt; were inside at once.');
  expect(html).toContain('Which clause sees which bug');
  expect(drawHtml(mutationDocument(report(survivor)))).not.toContain('Which clause sees which bug');
});

it('takes the lower of two middles', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1])).toBe(1);
  expect(median([])).toBeUndefined();
});
