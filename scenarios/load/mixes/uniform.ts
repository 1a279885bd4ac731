import { planSingles } from './single.ts';
import type { Mix } from './types.ts';
import { createWindow, variedStatuses } from './window.ts';

const WIDTH = 50;

/** Every stream is equally likely. */
export const uniform: Mix<'uniform'> = {
  name: 'uniform',
  summary: `each of ${WIDTH} streams equally often`,
  purpose: 'figures: few requests meet. The default of `compare`',
  workload: 'balance',
  senders: () => 1,
  streams: (scale) => createWindow(scale, WIDTH).total,
  statuses: variedStatuses,
  plan: (scale) => planSingles(scale, { width: WIDTH, place: (random) => random.integer(WIDTH) }),
  minimums: {
    // With so many streams, few requests meet.
    attempts: 30,
    contendedStreams: 15,
  },
};
