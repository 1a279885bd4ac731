import { describe, expect, it } from 'vitest';
import { parseProof, proofText } from './proof.ts';

const MATRIX = {
  kind: 'mutants',
  buildId: 'b1',
  partial: false,
  runs: 100,
  seeds: [1, 2],
  specimens: [
    { kind: 'mutant', fate: 'killed' },
    { kind: 'mutant', fate: 'survived' },
    { kind: 'equivalent', fate: 'passed' },
  ],
};

describe('the proof of the suites', () => {
  it('counts what the kill matrix shows', () => {
    const proof = parseProof(JSON.stringify(MATRIX), 'mutants.json', 'b1');
    expect(proof).toEqual({ mutants: 2, killed: 1, equivalents: 1, passed: 1, seeds: 2, runs: 100 });
    expect(proofText(proof)).toBe('1 of 2 mutants killed, 1 of 1 equivalents passed, 2 seeds');
  });

  it.each([
    ['{', 'this is no JSON'],
    ['{}', 'kind: '],
    [JSON.stringify({ ...MATRIX, buildId: 'b2' }), 'it is of build b2, and this is build b1'],
    [JSON.stringify({ ...MATRIX, partial: true }), 'it was interrupted'],
  ])('is refused: %s', (text, problem) => {
    expect(() => parseProof(text, 'mutants.json', 'b1')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(problem) }),
    );
  });
});
