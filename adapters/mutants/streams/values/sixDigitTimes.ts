import { fromMicros, isTimestamp, toMicros } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

/** Given times are read back with six digits, whatever they had. */
export const sixDigitTimes: Mutant = {
  name: 'six-digit-times',
  origin: 'to_char(…, US): the same time, but no longer the text that was given, signed or hashed.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      outgoing: (stream) =>
        isTimestamp(stream.createdAt)
          ? { ...stream, createdAt: fromMicros(toMicros(stream.createdAt)) }
          : stream,
    }),
};
