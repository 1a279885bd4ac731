/** Ids that a careless lock takes for a missing id, for another id, or for code in another language. */
import { entriesFor, type Vocabulary } from './vocabulary.ts';
import type { Subject } from '../engine/property.ts';

export const HOSTILE_IDS: Vocabulary<readonly string[]> = {
  name: 'hostile ids',
  entries: {
    'an empty or blank id': ['', ' ', '\n'],
    'a word for a value': ['null', 'undefined', 'NaN', 'NULL', 'true', '0'],
    'a member of every object': ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'then'],
    'text of another language': ["'; drop table streams; --", '$1', '%', '*', '../..'],
    'an id that is no text of UTF-8': ['\u0000', 'a\u0000b', '\ud800', 'a\udfff', '\uffff'],
    'a long id': [
      'x'.repeat(1_024),
      'x'.repeat(10_000),
      'x'.repeat(16_384),
      'x'.repeat(65_536),
      '😀'.repeat(3_000),
    ],
    // Values that untyped callers may pass.
    'an id that is no text': [null, undefined, 0, {}] as unknown as readonly string[],
  },
};

/** All hostile ids. */
export function hostileIds(subject: Pick<Subject, 'omitted'>): string[] {
  return entriesFor(HOSTILE_IDS, subject).flatMap(([, ids]) => ids);
}
