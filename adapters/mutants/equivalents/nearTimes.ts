import { isTimestamp, StorageError, type NewStream } from '../../contract/index.ts';
import type { Equivalent } from '../mutant.ts';
import { passStreams } from '../stores.ts';

/** The times of streams are limited to four centuries. */
export const nearTimes: Equivalent = {
  name: 'near-times',
  reason: 'The column holds times from 1900 to 2299, and others are refused before anything is stored.',
  bases: ['memory', 'postgres'],
  mutate: (adapter) => passStreams(adapter, { incoming: near }),
};

function near(stream: NewStream): NewStream {
  for (const time of [stream?.createdAt, stream?.updatedAt]) {
    if (!isTimestamp(time) || (time >= '1900' && time < '2300')) continue;
    throw new StorageError('INVALID_RECORD', `Expected a time from 1900 to 2299, got ${time}.`);
  }
  return stream;
}
