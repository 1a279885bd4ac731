import { planSingles } from './single.ts';
import type { Mix } from './types.ts';
import { createWindow, variedStatuses } from './window.ts';

const WIDTH = 40;
const HOT_SHARE = 0.85;
/** How many requests a stream stays hot, so that a single lucky stream does not decide a run. */
const OPERATIONS_PER_HOT_STREAM = 15;

/** At any moment, nearly all connections use the same stream. */
export const hotStream: Mix<'hot-stream'> = {
  name: 'hot-stream',
  summary: `${HOT_SHARE * 100} % of the requests go to one of ${WIDTH} streams, a different one every ${OPERATIONS_PER_HOT_STREAM} requests of a driver`,
  purpose: 'contention for the lock, recovery after faults',
  workload: 'balance',
  senders: () => 1,
  streams: (scale) => createWindow(scale, WIDTH).total,
  statuses: variedStatuses,
  plan: (scale) =>
    planSingles(scale, {
      width: WIDTH,
      place: (random, index) =>
        random.fraction() < HOT_SHARE
          ? Math.floor(index / OPERATIONS_PER_HOT_STREAM) % WIDTH
          : random.integer(WIDTH),
    }),
  minimums: {
    attempts: 200,
    contendedStreams: 20,
  },
};
