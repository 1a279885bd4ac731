/** For each operation, the longest order in which it occurred during a search. */
import type { Partials } from './result.ts';
import type { DeadEndListener } from './search/search.ts';

/** The most ids in all orders together. */
const MAX_IDS = 2_000_000;

export interface PartialsCollector {
  readonly onDeadEnd: DeadEndListener;
  finish(): Partials;
}

export function collectPartials(count: number): PartialsCollector {
  const orders: (readonly number[])[] = [];
  const longest = new Int32Array(count).fill(-1);
  const lengths = new Int32Array(count);
  let ids = 0;
  return {
    onDeadEnd(taken, depth) {
      if (ids + depth > MAX_IDS) return;
      let place = -1;
      for (let at = 0; at < depth; at += 1) {
        const id = taken[at] as number;
        if (depth <= (lengths[id] as number)) continue;
        if (place === -1) {
          place = orders.push(Array.from(taken.subarray(0, depth))) - 1;
          ids += depth;
        }
        lengths[id] = depth;
        longest[id] = place;
      }
    },
    finish: () => withoutUnused(orders, longest),
  };
}

/** Drops orders that longer ones have replaced everywhere. */
function withoutUnused(orders: readonly (readonly number[])[], longest: Int32Array): Partials {
  const places = new Map<number, number>();
  for (const place of longest) if (place !== -1 && !places.has(place)) places.set(place, places.size);
  return {
    orders: [...places.keys()].map((place) => orders[place] as readonly number[]),
    longest: Array.from(longest, (place) => places.get(place) ?? -1),
  };
}
