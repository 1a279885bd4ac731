/** Times that columns, clocks and calendars cannot represent, take for another time, or show with other digits. */
import type { Timestamp } from '../../../adapters/contract/index.ts';
import type { Vocabulary } from './vocabulary.ts';

export const MOMENTS: Vocabulary<Timestamp> = {
  name: 'moments',
  entries: {
    'the first second of the first year': '0001-01-01T00:00:00.000001Z',
    // Many date constructors read a year below 100 as a year of the 20th century.
    'a year of two digits': '0070-06-15T12:30:45.120Z',
    // These days do not exist in calendars that change to the Gregorian calendar.
    'a day that some calendars leave out': '1582-10-10T00:00:00.000Z',
    'before a nanosecond count of 64 bits': '1677-01-01T00:00:00.5000Z',
    'before the time zones': '1883-11-18T18:00:00.000100Z',
    // Rounding toward zero makes this a later time.
    'the last microsecond before 1970': '1969-12-31T23:59:59.999999Z',
    'the first moment of 1970': '1970-01-01T00:00:00.000Z',
    'a leap day': '2024-02-29T23:59:59.999Z',
    'a last day whose week is of the next year': '2024-12-30T00:00:00.000Z',
    'an hour that Europe has not': '2026-03-29T02:30:00.000250Z',
    'an hour that Europe has twice': '2026-10-25T00:30:00.0100Z',
    'beyond a second count of 31 bits': '2038-01-19T03:14:08.000001Z',
    'beyond a second count of 32 bits': '2106-02-07T06:28:16.100Z',
    'beyond a nanosecond count of 63 bits': '2262-04-11T23:47:16.854776Z',
    'the last microsecond of the last year': '9999-12-31T23:59:59.999999Z',
  },
};

/** A record that expires at this time or later has not expired yet. */
const TO_COME: Timestamp = '2100-01-01T00:00:00.000Z';

export function isToCome(moment: Timestamp): boolean {
  return moment > TO_COME;
}
