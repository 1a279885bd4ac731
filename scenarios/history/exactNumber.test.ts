/** Numbers are equal exactly when their values are, by a reference that counts with integers alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactNumber, type ExactNumber } from './exactNumber.ts';

const RUNS = 20_000;

interface Written {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly zerosBehind: number;
  /** How many of the digits stand behind the point. */
  readonly places: number;
  readonly exponent: number;
  readonly letter: string;
}

const written: fc.Arbitrary<Written> = fc.record({
  negative: fc.boolean(),
  digits: fc.oneof(
    fc.bigInt({ min: 0n, max: 30n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.bigInt({ min: 0n, max: 10n ** 45n }),
  ),
  zerosBehind: fc.constantFrom(0, 0, 1, 3, 25),
  places: fc.constantFrom(0, 0, 1, 2, 20),
  exponent: fc.oneof(fc.constant(0), fc.integer({ min: -60, max: 60 })),
  letter: fc.constantFrom('e', 'E', 'e+'),
});

/** Many ways to write few values: both are often equal. */
const near = fc.tuple(
  written,
  fc.oneof(fc.constantFrom(0n, 0n, 1n), fc.bigInt({ min: -2n, max: 2n })),
  fc.nat(9),
);

function textOf({ negative, digits, zerosBehind, places, exponent, letter }: Written): string {
  const all = `${digits}${'0'.repeat(zerosBehind)}`.padStart(places + 1, '0');
  const [whole, fraction] = [all.slice(0, all.length - places), all.slice(all.length - places)];
  const sign = letter === 'e+' && exponent < 0 ? 'e' : letter;
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent === 0 ? '' : `${sign}${exponent}`}`;
}

/** The value times 10^200, an integer. */
function reference({ negative, digits, zerosBehind, places, exponent }: Written): bigint {
  const value = digits * 10n ** BigInt(200 + zerosBehind - places + exponent);
  return negative ? -value : value;
}

function known(value: number | ExactNumber): number | string {
  return typeof value === 'number' ? value : value.text;
}

describe('exactNumber', () => {
  it('is the same for two texts exactly when their values are equal', () => {
    fc.assert(
      fc.property(near, ([a, more, shift]) => {
        const digits = a.digits + more < 0n ? 0n : a.digits + more;
        const b = { ...a, digits, zerosBehind: a.zerosBehind + shift, exponent: a.exponent - shift };
        expect(known(exactNumber(textOf(a))) === known(exactNumber(textOf(b)))).toBe(
          reference(a) === reference(b),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('is a number exactly for the safe integers, and then that one', () => {
    fc.assert(
      fc.property(written, (a) => {
        const scale = 10n ** 200n;
        const value = reference(a);
        const whole = value / scale;
        const isSafe = value % scale === 0n && Number.isSafeInteger(Number(whole));
        const read = exactNumber(textOf(a));
        expect(typeof read === 'number').toBe(isSafe);
        if (isSafe) expect(Object.is(read, Number(whole))).toBe(true);
        else if ((read as ExactNumber).integer !== undefined)
          expect((read as ExactNumber).integer).toBe(whole);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    ['-0', 0],
    ['0e999999999999999999999', 0],
    ['1e2', 100],
    ['100.00', 100],
    ['9007199254740991', 2 ** 53 - 1],
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740993', '-9007199254740993'],
    ['2.50', '2.5'],
    ['0.001', '0.001'],
    ['25e-4', '0.0025'],
    ['1E+999', '1e999'],
    ['12e-99999999999999999999', '1.2e-99999999999999999998'],
  ])('%s is %s', (text, value) => {
    expect(known(exactNumber(text))).toBe(value);
  });

  it('takes a text of a million digits', () => {
    const digits = '9'.repeat(1_000_000);
    expect(known(exactNumber(digits))).not.toBe(known(exactNumber(`${digits.slice(1)}8`)));
  });
});
