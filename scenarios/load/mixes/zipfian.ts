import type { Random } from '../../random.ts';
import { planSingles } from './single.ts';
import type { Mix } from './types.ts';
import { createWindow, variedStatuses } from './window.ts';

const WIDTH = 200;
/** The skew of the YCSB benchmarks: the first of 200 streams gets 17 % of the requests, the last 0.1 %. */
export const ZIPFIAN_THETA = 0.99;

/** A few streams get most of the requests. */
export const zipfian: Mix<'zipfian'> = {
  name: 'zipfian',
  summary: `${WIDTH} streams, stream n picked with weight 1/n^${ZIPFIAN_THETA}: the first gets 17 % of the requests`,
  purpose: 'a realistic skew',
  workload: 'balance',
  senders: () => 1,
  streams: (scale) => createWindow(scale, WIDTH).total,
  statuses: variedStatuses,
  plan: (scale) => planSingles(scale, { width: WIDTH, place: zipfianRank(WIDTH, ZIPFIAN_THETA) }),
  minimums: {
    attempts: 200,
    contendedStreams: 10,
  },
};

/** Draws ranks in [0, count). The weight of rank r is 1/(r + 1)^theta. */
export function zipfianRank(count: number, theta: number): (random: Random) => number {
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += 1 / (rank + 1) ** theta;
    cumulative[rank] = sum;
  }
  return (random) => {
    const wanted = random.fraction() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] as number) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
