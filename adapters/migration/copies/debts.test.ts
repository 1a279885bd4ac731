/** An entry is removed only when other entries name all of its records. */
import { describe, expect, it } from 'vitest';
import type { Owed } from '../sides/owed.ts';
import { Debts } from './debts.ts';

const a: Owed = { kind: 'streams', id: 'a' };
const b: Owed = { kind: 'users', id: 'b' };

describe('an entry', () => {
  it('is superseded once later ones name all of its records', () => {
    const debts = new Debts();
    expect(debts.owe('first', [a, b])).toEqual([]);
    expect(debts.owe('second', [a])).toEqual([]);
    expect(debts.owe('third', [b])).toEqual(['first']);
  });

  it('is not superseded by itself', () => {
    const debts = new Debts();
    debts.owe('nested', [a]);
    expect(debts.owe('nested', [a])).toEqual([]);
    expect(debts.isEmpty).toBe(false);
    debts.removed('nested');
    expect(debts.isEmpty).toBe(true);
  });
});
