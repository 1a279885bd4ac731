import { planSingles } from './single.ts';
import type { Mix } from './types.ts';
import { createWindow, variedStatuses } from './window.ts';

const WIDTH = 60;
/** One request in this many scans all pages of the streams; fewer if there are many streams. */
const STREAM_SCAN_EVERY = 20;
const STREAMS_PER_REQUEST = 2;
/**
 * One request in this many scans the whole activity. The longer the activity gets, the fewer scans there are, so that
 * the number of rows read per request stays the same. When it is too long to be read within about a second, the scans
 * stop.
 */
const ACTIVITY_SCAN_EVERY = 50;
const ACTIVITY_ROWS_PER_REQUEST = 10;
const MAX_ACTIVITY_ROWS = 50_000;
/** Pages are small, so that writes fall between the pages of a scan. */
const LIMITS = [7, 20, 50] as const;
const ACTIVITY_LIMIT = 100;

/** Infinity: no further scans. `requests`: the approximate number of rows. */
function activityScanEvery(requests: number): number {
  if (requests > MAX_ACTIVITY_ROWS) return Infinity;
  return Math.max(ACTIVITY_SCAN_EVERY, Math.ceil(requests / ACTIVITY_ROWS_PER_REQUEST));
}

/** Scans with cursors, besides writes. */
export const scanWhileWriting: Mix<'scan-while-writing'> = {
  name: 'scan-while-writing',
  summary: `scans of all streams and all activity by cursor, beside writes to ${WIDTH} streams`,
  purpose: 'cursors: no row is skipped or returned twice',
  workload: 'balance',
  senders: () => 1,
  streams: (scale) => createWindow(scale, WIDTH).total,
  statuses: variedStatuses,
  plan: (scale) => {
    const window = createWindow(scale, WIDTH);
    const scanEvery = (index: number): number => {
      const streams = Math.max(WIDTH, window.at(index, WIDTH - 1));
      return Math.max(STREAM_SCAN_EVERY, Math.ceil(streams / STREAMS_PER_REQUEST));
    };
    return planSingles(scale, {
      width: WIDTH,
      place: (random) => random.integer(WIDTH),
      instead: (random, index) => {
        if (random.integer(activityScanEvery(index * scale.drivers)) === 0)
          return { kind: 'scan', sender: 0, list: 'activity', limit: ACTIVITY_LIMIT };
        if (random.integer(scanEvery(index)) > 0) return undefined;
        return { kind: 'scan', sender: 0, list: 'streams', limit: random.pick(LIMITS) };
      },
    });
  },
  minimums: {
    // With so many streams, few requests meet.
    attempts: 30,
    contendedStreams: 15,
    scansBesideWrites: 20,
  },
};
