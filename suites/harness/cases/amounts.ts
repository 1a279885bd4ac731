/** Amounts and counts: values that must be returned exactly, and invalid values. */
import fc from 'fast-check';

/** Around 2^53, where Number loses the last digit; above 2^63 and 2^64; up to the contract's 38 digits. */
export const EDGES: readonly string[] = [
  '0',
  '1',
  '9007199254740991',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551617',
  '100000000000000000000000000000',
  '123456789012345678901234567891',
  '99999999999999999999999999999999999999',
];

const digits = fc
  .array(fc.nat({ max: 9 }), { minLength: 16, maxLength: 37, size: 'max' })
  .map((rest) => `1${rest.join('')}`);

export const exactAmount: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...EDGES) },
  { weight: 1, arbitrary: digits },
);

/** Values that are no amounts, each with a description. */
export const NO_AMOUNTS: readonly (readonly [value: unknown, what: string])[] = [
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
  [1.5, 'the fraction 1.5'],
  [-1, 'the negative number -1'],
  ['NaN', 'the text "NaN"'],
  ['Infinity', 'the text "Infinity"'],
  ['1.5', 'the fraction "1.5"'],
  ['10.0', 'the fraction "10.0"'],
  ['1e3', 'the exponent "1e3"'],
  ['-1', 'the negative "-1"'],
  ['-0', 'the negative "-0"'],
  ['+1', 'the signed "+1"'],
  ['0x10', 'the hexadecimal "0x10"'],
  ['1_000', 'the grouped "1_000"'],
  ['1,000', 'the grouped "1,000"'],
  ['', 'the empty text'],
  ['007', 'the zeros before "007"'],
  ['00', 'the zeros "00"'],
  ['1\n', 'a text with a line break behind it'],
  [1000, 'the number 1000'],
  [' 1', 'a text with a space'],
  ['١', 'a digit that is not ASCII'],
  ['1'.padEnd(39, '0'), '39 digits'],
  ['9'.repeat(200), '200 digits'],
];

/** Values that are no revisions. */
export const NO_COUNTS: readonly (readonly [value: unknown, what: string])[] = [
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [1.5, 'the fraction 1.5'],
  [-1, 'the negative -1'],
  [2 ** 53, '2^53'],
  [1e21, '1e21'],
];
