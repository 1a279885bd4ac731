/** Orders of a program's steps: how many there are, and all of them. */
import { normalize } from './normalize.ts';
import type { Program } from './program.ts';

/** How many interleavings of its actors' steps `program` has if no step blocks. Undefined: more than `bound`. */
export function countOrders(program: Program, bound: number): number | undefined {
  let orders = 1;
  let placed = 0;
  // A product of binomials. Each is built with exact divisions, so that all intermediate values are integers.
  for (const length of stepCounts(program)) {
    for (let k = 1; k <= length; k += 1) {
      placed += 1;
      orders = (orders * placed) / k;
      if (orders > bound) return undefined;
    }
  }
  return orders;
}

/**
 * The `choices` of every interleaving of the program's steps, or undefined if there are more than `bound`. A blocked
 * step changes what can be chosen, so several of these choices may lead to the same order.
 */
export function enumerateChoices(program: Program, bound: number): number[][] | undefined {
  if (countOrders(program, bound) === undefined) return undefined;
  const all: number[][] = [];
  extend(stepCounts(program), [], all);
  return all;
}

function extend(left: readonly number[], choices: readonly number[], all: number[][]): void {
  const ready = left.flatMap((count, actor) => (count > 0 ? [actor] : []));
  // A single actor leaves no choice. Missing choices count as 0.
  if (ready.length <= 1) {
    all.push([...choices]);
    return;
  }
  for (const [choice, actor] of ready.entries())
    extend(
      left.map((count, index) => (index === actor ? count - 1 : count)),
      [...choices, choice],
      all,
    );
}

function stepCounts(program: Program): number[] {
  return normalize(program).actors.map((actor) => actor.steps.length);
}
