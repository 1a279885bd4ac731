/** Times beyond the range of a column or calendar, and times by which nothing is sorted. */
import { fromMicros, isTimestamp, toMicros, type Timestamp } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams, replaceStore } from '../../stores.ts';

const WRAP_MICROS = 2n ** 32n * 1_000_000n;

/** Streams are stored with another time of creation. */
function creationAs(change: (createdAt: Timestamp) => Timestamp): NonNullable<Mutant['mutate']> {
  return (adapter) =>
    passStreams(adapter, {
      incoming: (stream) =>
        isTimestamp(stream.createdAt) ? { ...stream, createdAt: change(stream.createdAt) } : stream,
    });
}

export const secondsOf31Bits: Mutant = {
  name: 'seconds-of-31-bits',
  origin: 'A TIMESTAMP of MySQL or a time_t of 32 bits: after the 19th of January 2038 comes 1901.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: creationAs((time) => {
    const micros = toMicros(time);
    return micros >= 2n ** 31n * 1_000_000n
      ? fromMicros(micros - WRAP_MICROS * (1n + micros / WRAP_MICROS))
      : time;
  }),
};

export const noTimeBefore1970: Mutant = {
  name: 'no-time-before-1970',
  origin: 'An unsigned column, or Math.max(0, Date.parse(time)): older times become the begin of 1970.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: creationAs((time) => (toMicros(time) < 0n ? fromMicros(0n) : time)),
};

export const yearsOfTwoDigits: Mutant = {
  name: 'years-of-two-digits',
  origin: 'new Date(year, month, …) and Date.UTC(): years below 100 become years of the twentieth century.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: creationAs((time) => (time < '0100' ? `19${time.slice(2)}` : time)),
};

export const updateTimeCut: Mutant = {
  name: 'update-time-cut',
  origin:
    'created_at is read as text with all its digits; updated_at was added later and is read as a Date with milliseconds.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      incoming: (stream) =>
        isTimestamp(stream.updatedAt)
          ? { ...stream, updatedAt: `${stream.updatedAt.slice(0, '0000-00-00T00:00:00.000'.length)}Z` }
          : stream,
    }),
};

export const givenCreationIgnored: Mutant = {
  name: 'given-creation-ignored',
  origin:
    '@Column({ update: false }) on created_at: an import that corrects the time seems to succeed, but changes nothing.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'streams', (store) => ({
      ...store,
      put: ({ createdAt: _first, ...stream }) => store.put(stream),
    })),
};

export const userTimesIgnored: Mutant = {
  name: 'user-times-ignored',
  origin: '@UpdateDateColumn: the caller’s time is overwritten with the time of the update.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'users', (store) => ({
      ...store,
      put: ({ updatedAt: _given, ...user }) => store.put(user),
    })),
};
