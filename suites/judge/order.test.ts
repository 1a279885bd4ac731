import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareIds } from '../../adapters/contract/index.ts';
import { compareUtf8 } from './order.ts';

it('orders ids as the contract does', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 4 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(compareIds(a, b)));
    }),
  );
  expect(compareUtf8('\uffee', '\u{1f600}')).toBeLessThan(0);
});
