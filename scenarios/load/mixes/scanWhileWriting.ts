import { planSingles } from './single.ts';
import type { Mix } from './types.ts';
import { createWindow, variedStatus } from './window.ts';

const WIDTH = 60;
/** One request in so many is a scan over all pages of the streams, fewer when there are many streams to read. */
const STREAM_SCAN_EVERY = 20;
const STREAMS_A_REQUEST = 2;
/** Scans of the activity end while the list is short: one scan reads all of it, and it grows with every effect. */
const ACTIVITY_SCAN_EVERY = 50;
const ACTIVITY_SCANS_WITHIN = 2000;
/** Small pages, so that writes fall between the pages of a scan. */
const LIMITS = [7, 20, 50] as const;
const ACTIVITY_LIMIT = 100;

/** Scans by cursor, beside writes. */
export const scanWhileWriting: Mix = {
  name: 'scan-while-writing',
  summary: `scans of all streams and all activity by cursor, beside writes to ${WIDTH} streams`,
  workload: 'balance',
  lanes: () => 1,
  streams: (scale) => createWindow(scale, WIDTH).total,
  status: variedStatus,
  plan: (scale) => {
    const total = createWindow(scale, WIDTH).total;
    const streamScanEvery = Math.max(STREAM_SCAN_EVERY, Math.ceil(total / STREAMS_A_REQUEST));
    return planSingles(scale, {
      width: WIDTH,
      place: (random) => random.integer(WIDTH),
      instead: (random, index) => {
        if (index < ACTIVITY_SCANS_WITHIN && index % ACTIVITY_SCAN_EVERY === ACTIVITY_SCAN_EVERY / 2)
          return { kind: 'scan', lane: 0, list: 'activity', limit: ACTIVITY_LIMIT };
        if (index % streamScanEvery !== 0) return undefined;
        return { kind: 'scan', lane: 0, list: 'streams', limit: random.pick(LIMITS) };
      },
    });
  },
  minimums: {
    // Few requests meet among so many streams.
    crossProcessAttempts: 30,
    contendedStreams: 15,
    duplicateAttempts: 0,
    scansBesideWrites: 20,
    claimRaces: 0,
    lateFinishes: 0,
  },
};
