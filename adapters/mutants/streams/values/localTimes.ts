import { isTimestamp, type Timestamp } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/** Given times are stored as what a clock on the wall shows, and read as such. */
export const localTimes: Mutant = {
  name: 'local-times',
  origin:
    'timestamp without time zone: the driver writes and reads the time of day of its process, which comes twice in autumn and differs from process to process.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      incoming: (stream) =>
        isTimestamp(stream.createdAt) ? { ...stream, createdAt: onTheWall(stream.createdAt) } : stream,
      outgoing: (stream) =>
        isTimestamp(stream.createdAt) ? { ...stream, createdAt: fromTheWall(stream.createdAt) } : stream,
    }),
};

const SECONDS = 'YYYY-MM-DDTHH:MM:SS'.length;

/** The time of day in this process, as if it were UTC; fractions stay as they are. */
function onTheWall(timestamp: Timestamp): Timestamp {
  const at = new Date(timestamp);
  const wall = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return `${wall.toISOString().slice(0, SECONDS)}${timestamp.slice(SECONDS)}`;
}

function fromTheWall(timestamp: Timestamp): Timestamp {
  // Without a zone it is taken for local time.
  const at = new Date(timestamp.slice(0, SECONDS));
  return `${at.toISOString().slice(0, SECONDS)}${timestamp.slice(SECONDS)}`;
}
