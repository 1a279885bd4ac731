import { describe, expect, it } from 'vitest';
import { exitStatusOf } from './verdict.ts';

const plain = (verdict: 'ok' | 'violated' | 'inconclusive') => ({ verdict, negativeControl: false });
const control = (verdict: 'ok' | 'violated' | 'inconclusive') => ({ verdict, negativeControl: true });

describe('exit status', () => {
  it('is 0 when everything held and every negative control was caught', () => {
    expect(exitStatusOf([plain('ok'), control('violated')])).toBe(0);
  });
  it('is 1 for a violation, whatever else is inconclusive', () => {
    expect(exitStatusOf([plain('inconclusive'), plain('violated')])).toBe(1);
  });
  it('is 3 for what proves nothing', () => {
    expect(exitStatusOf([plain('ok'), plain('inconclusive')])).toBe(3);
    expect(exitStatusOf([plain('ok'), control('ok')])).toBe(3);
    expect(exitStatusOf([])).toBe(3);
  });
});
