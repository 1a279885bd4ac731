import { isTimestamp, StorageError, type NewStream } from '../../contract/index.ts';
import type { Equivalent } from '../mutant.ts';
import { passStreams } from '../stores.ts';

/** Streams have times of four centuries. */
export const nearTimes: Equivalent = {
  name: 'near-times',
  reason: 'A column for times from 1900 to 2299 that refuses others before anything is stored.',
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
