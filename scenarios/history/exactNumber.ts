/**
 * Numbers of a JSON file by their exact value. A double cannot tell neighbours above 2^53 apart, and replaces numbers
 * beyond its range by infinity.
 */

/** A number that is not equal to any safe integer. Equal numbers have equal `text`s, and different ones differ. */
export class ExactNumber {
  readonly text: string;
  /** The value, if it is an integer of a reasonable size. */
  readonly integer: bigint | undefined;

  constructor(text: string, integer: bigint | undefined) {
    this.text = text;
    this.integer = integer;
  }
}

/** Every integer with this many characters is safe. */
const SAFE_CHARACTERS = 15;
const SAFE_INTEGER = /^-?\d+$/;
/** A number according to JSON. */
const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Numbers with more digits are written with an exponent. No time has as many. */
const MAX_PLAIN_DIGITS = 40;
const ZERO = 0x30;

/** The value of `text`, a JSON number. If it equals a safe integer, that integer; never -0. */
export function exactNumber(text: string): number | ExactNumber {
  // Adding 0 turns -0 into 0.
  if (text.length <= SAFE_CHARACTERS && SAFE_INTEGER.test(text)) return Number(text) + 0;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  const { digits, dropped } = significant(whole + fraction);
  if (digits === '') return 0;
  // The value is the integer of all digits, times ten to this power.
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(dropped);
  if (power >= 0n && BigInt(digits.length) + power <= MAX_PLAIN_DIGITS) {
    const integer = sign + digits + '0'.repeat(Number(power));
    const number = Number(integer);
    return Number.isSafeInteger(number) ? number : new ExactNumber(integer, BigInt(integer));
  }
  return new ExactNumber(sign + written(digits, power), undefined);
}

/** The digits without zeros at both ends. `dropped`: how many were removed at the end. */
function significant(all: string): { readonly digits: string; readonly dropped: number } {
  let from = 0;
  let to = all.length;
  while (from < to && all.charCodeAt(from) === ZERO) from += 1;
  while (to > from && all.charCodeAt(to - 1) === ZERO) to -= 1;
  return { digits: all.slice(from, to), dropped: all.length - to };
}

/** `2.5`, `0.001` or `1e999`: readable, and the same for equal values. */
function written(digits: string, power: bigint): string {
  const places = -power;
  if (places > 0n && places <= MAX_PLAIN_DIGITS && digits.length <= MAX_PLAIN_DIGITS) {
    const padded = digits.padStart(Number(places) + 1, '0');
    return `${padded.slice(0, -Number(places))}.${padded.slice(-Number(places))}`;
  }
  const [first, rest] = [digits.slice(0, 1), digits.slice(1)];
  return `${first}${rest === '' ? '' : `.${rest}`}e${power + BigInt(digits.length - 1)}`;
}
