/**
 * Numbers as a file of JSON writes them, by their exact value: a double would hold neighbours of 2^53 for one number,
 * and whatever is beyond its range for infinity.
 */

/** A number that no safe integer is equal to. `text` is the same for equal numbers, and differs for others. */
export class ExactNumber {
  readonly text: string;
  /** The value, of an integer of a sensible size. */
  readonly integer: bigint | undefined;

  constructor(text: string, integer: bigint | undefined) {
    this.text = text;
    this.integer = integer;
  }
}

/** Every integer of so many characters is safe. */
const SAFE_CHARACTERS = 15;
const SAFE_INTEGER = /^-?\d+$/;
/** What JSON calls a number. */
const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Numbers of more digits are written with an exponent, and no time has as many. */
const MAX_PLAIN_DIGITS = 40;
const ZERO = 0x30;

/** The value of `text`, a number of JSON: a safe integer when it is equal to one, and never -0. */
export function exactNumber(text: string): number | ExactNumber {
  // Adding 0 makes -0 the 0 that it is equal to.
  if (text.length <= SAFE_CHARACTERS && SAFE_INTEGER.test(text)) return Number(text) + 0;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  const { digits, dropped } = significant(whole + fraction);
  if (digits === '') return 0;
  // The value is the digits, an integer, times ten to this power.
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(dropped);
  if (power >= 0n && BigInt(digits.length) + power <= MAX_PLAIN_DIGITS) {
    const integer = sign + digits + '0'.repeat(Number(power));
    const number = Number(integer);
    return Number.isSafeInteger(number) ? number : new ExactNumber(integer, BigInt(integer));
  }
  return new ExactNumber(sign + written(digits, power), undefined);
}

/** Without zeros in front and at the end; `dropped` says how many were at the end. */
function significant(all: string): { readonly digits: string; readonly dropped: number } {
  let from = 0;
  let to = all.length;
  while (from < to && all.charCodeAt(from) === ZERO) from += 1;
  while (to > from && all.charCodeAt(to - 1) === ZERO) to -= 1;
  return { digits: all.slice(from, to), dropped: all.length - to };
}

/** `2.5`, `0.001` and `1e999`: for people, and one text a value. */
function written(digits: string, power: bigint): string {
  const places = -power;
  if (places > 0n && places <= MAX_PLAIN_DIGITS && digits.length <= MAX_PLAIN_DIGITS) {
    const padded = digits.padStart(Number(places) + 1, '0');
    return `${padded.slice(0, -Number(places))}.${padded.slice(-Number(places))}`;
  }
  const [first, rest] = [digits.slice(0, 1), digits.slice(1)];
  return `${first}${rest === '' ? '' : `.${rest}`}e${power + BigInt(digits.length - 1)}`;
}
