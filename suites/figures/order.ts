/** The order in which the sides of a comparison run. */

export interface PlannedRun {
  readonly side: number;
  readonly isAgain: boolean;
}

/**
 * The runs of round `number`, from 1. The base runs next to what it is compared with, and every second round is
 * reversed: A A' B, then B A' A, so that neither side profits from its position. If there are several other sides, each
 * runs next to the base in turn.
 */
export function orderOf(number: number, sides: number, runsBaseTwice: boolean): PlannedRun[] {
  const others = Array.from({ length: sides - 1 }, (_, index) => index + 1);
  const turn = Math.floor((number - 1) / 2) % others.length;
  const base = runsBaseTwice ? [false, true] : [false];
  const order = [
    ...base.map((isAgain) => ({ side: 0, isAgain })),
    ...[...others.slice(turn), ...others.slice(0, turn)].map((side) => ({ side, isAgain: false })),
  ];
  return number % 2 === 1 ? order : order.toReversed();
}
