/** Times that a column or a calendar does not know, and times that nobody sorts by. */
import { fromMicros, isTimestamp, toMicros, type Timestamp } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams, replaceStore } from '../../stores.ts';

const WRAP_MICROS = 2n ** 32n * 1_000_000n;

/** Streams are stored with other times of creation. */
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
  origin:
    'An unsigned column, or Math.max(0, Date.parse(time)): what is older is from the first moment of 1970.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: creationAs((time) => (toMicros(time) < 0n ? fromMicros(0n) : time)),
};

export const yearsOfTwoDigits: Mutant = {
  name: 'years-of-two-digits',
  origin: 'new Date(year, month, …) and Date.UTC(): a year below 100 is one of the twentieth century.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: creationAs((time) => (time < '0100' ? `19${time.slice(2)}` : time)),
};

export const updateTimeCut: Mutant = {
  name: 'update-time-cut',
  origin:
    'created_at is read as text with all its digits; updated_at was added later, and is a Date of milliseconds.',
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
    '@Column({ update: false }) on created_at: an import that corrects the time is answered, and changes nothing.',
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
  origin: '@UpdateDateColumn: the time that the caller gives is overwritten with that of the update.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, 'users', (store) => ({
      ...store,
      put: ({ updatedAt: _given, ...user }) => store.put(user),
    })),
};
