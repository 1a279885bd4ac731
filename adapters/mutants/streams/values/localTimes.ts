import { isTimestamp, type Timestamp } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/** Given times are stored and read as local time. */
export const localTimes: Mutant = {
  name: 'local-times',
  origin:
    'timestamp without time zone: the driver writes and reads the local time of its process, which is ambiguous in autumn and differs between processes.',
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

/** The local time of this process, written as if it were UTC. Fractions are unchanged. */
function onTheWall(timestamp: Timestamp): Timestamp {
  const at = new Date(timestamp);
  const wall = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return `${wall.toISOString().slice(0, SECONDS)}${timestamp.slice(SECONDS)}`;
}

function fromTheWall(timestamp: Timestamp): Timestamp {
  // A time without a zone is parsed as local time.
  const at = new Date(timestamp.slice(0, SECONDS));
  return `${at.toISOString().slice(0, SECONDS)}${timestamp.slice(SECONDS)}`;
}
