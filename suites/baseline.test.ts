import { describe, expect, it } from 'vitest';
import { CLAUSES } from '../adapters/contract/index.ts';
import { baselineText, besideBaseline, parseBaseline, updatedBaseline } from './baseline.ts';
import type { ClauseResult, ClauseStatus } from './result.ts';
import { ELSEWHERE } from './shard.ts';

const REASON = 'issue 12';

function results(how: Readonly<Record<string, ClauseStatus>>): ClauseResult[] {
  const nothing = { runs: 0, exercised: 0, orders: 0, processes: 0, instances: 0, durationMs: 0, seed: 1 };
  return CLAUSES.filter(({ level }) => level === 'process').map(({ id }) => ({
    clause: id,
    status: how[id] ?? 'ok',
    ...nothing,
  }));
}

const ASKED = { requestedLevel: 'process', strict: false } as const;

const beside = (how: Readonly<Record<string, ClauseStatus>>, ...ids: string[]) =>
  besideBaseline(
    results(how),
    ASKED,
    ids.map((clause) => ({ clause, reason: REASON })),
  );

describe('a baseline', () => {
  it('takes known failures as expected', () => {
    expect(beside({ 'LOCK-03': 'violated' }, 'LOCK-03')).toMatchObject({
      known: ['LOCK-03'],
      stale: [],
      verdict: 'ok',
    });
  });
  it('does not hide others', () => {
    expect(beside({ 'LOCK-03': 'violated', 'LOCK-05': 'violated' }, 'LOCK-03').verdict).toBe('violated');
    expect(beside({ 'LOCK-03': 'violated', 'LOCK-05': 'inconclusive' }, 'LOCK-03').verdict).toBe(
      'inconclusive',
    );
  });
  it('fails for an entry that holds now', () => {
    expect(beside({ 'LOCK-03': 'violated' }, 'LOCK-03', 'LOCK-05')).toMatchObject({
      known: ['LOCK-03'],
      stale: ['LOCK-05'],
      verdict: 'violated',
    });
  });
  it.each(['not-applicable', 'skipped', 'not-run', 'inconclusive', 'error'] as const)(
    'says nothing of an entry that is %s',
    (status) => {
      expect(beside({ 'LOCK-03': status }, 'LOCK-03')).toMatchObject({ known: [], stale: [] });
    },
  );
  it('says nothing of an entry in another shard', () => {
    const clauses = results({}).map((result) =>
      result.clause === 'LOCK-03' ? { ...result, status: 'not-run' as const, reason: ELSEWHERE } : result,
    );
    expect(besideBaseline(clauses, ASKED, [{ clause: 'LOCK-03', reason: REASON }])).toMatchObject({
      stale: [],
      verdict: 'ok',
    });
  });
});

describe('a baseline file', () => {
  it('is a list of clauses with reasons', () => {
    expect(parseBaseline('[{"clause":"LOCK-03","reason":"issue 12"}]', 'known.json')).toEqual([
      { clause: 'LOCK-03', reason: 'issue 12' },
    ]);
    expect(parseBaseline('[]', 'known.json')).toEqual([]);
  });
  it.each([
    ['no JSON', '[', 'no JSON'],
    ['an object', '{"clause":"LOCK-03","reason":"x"}', 'the file: '],
    [
      'an id that is none',
      '[{"clause":"LOCK-99","reason":"x"}]',
      'entry 1, clause: "LOCK-99" is not a clause',
    ],
    ['a lower-case id', '[{"clause":"lock-03","reason":"x"}]', '"lock-03" is not a clause'],
    ['no reason', '[{"clause":"LOCK-03"}]', 'entry 1, reason: '],
    ['an empty reason', '[{"clause":"LOCK-03","reason":"  "}]', 'expected a reason, got nothing'],
    ['a further field', '[{"clause":"LOCK-03","reason":"x","until":"2030"}]', 'until'],
    [
      'an entry twice',
      '[{"clause":"LOCK-03","reason":"x"},{"clause":"LOCK-03","reason":"y"}]',
      'LOCK-03 is in it twice',
    ],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parseBaseline(text, 'known.json')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
    expect(() => parseBaseline(text, 'known.json')).toThrow('--baseline known.json');
  });
});

describe('a baseline that is brought up to date', () => {
  const entry = (clause: string) => ({ clause, reason: REASON });

  it('loses what holds, keeps reasons and what was not decided, and gains what was found', () => {
    const decided = results({ 'LOCK-03': 'violated', 'LOCK-05': 'violated', 'LOCK-13': 'inconclusive' });
    const before = ['LOCK-13', 'LOCK-05', 'LOCK-01', 'X-01'].map(entry);
    const after = updatedBaseline(before, decided);
    expect(after.map(({ clause }) => clause)).toEqual(['LOCK-03', 'LOCK-05', 'LOCK-13', 'X-01']);
    expect(after.filter(({ reason }) => reason !== REASON)).toEqual([
      { clause: 'LOCK-03', reason: 'found by lockstep' },
    ]);
    expect(parseBaseline(baselineText(after), 'file')).toEqual(after);
    expect(before).toHaveLength(4);
  });

  it('gives the summary of what was found as the reason', () => {
    const counterexample = {
      summary: 'It hangs.',
      expected: '',
      actual: '',
      path: '',
      run: 1,
      shrinks: 0,
      lanes: [],
    };
    const found = results({ 'LOCK-03': 'violated' }).map((result) =>
      result.status === 'violated' ? { ...result, counterexample } : result,
    );
    expect(updatedBaseline([], found)).toEqual([{ clause: 'LOCK-03', reason: 'It hangs.' }]);
  });
});
