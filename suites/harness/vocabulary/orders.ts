/** Pairs of ids that another order than that of their UTF-8 bytes turns round: the one that belongs first, and the other. */
import type { Vocabulary } from './vocabulary.ts';

export const ORDERS: Vocabulary<readonly [first: string, last: string]> = {
  name: 'orders of ids',
  entries: {
    // Dictionaries put letters together whatever their case.
    'a capital before a small letter': ['B', 'a'],
    'capitals before and behind small letters': ['Zz', 'zA'],
    // Punctuation comes before letters, or does not count.
    'a capital where the other has an underscore': ['aB', 'a_b'],
    'a hyphen': ['a-c', 'ab'],
    'a capital before an underscore': ['A', '_'],
    // Numeric collations read numbers.
    numbers: ['a10', 'a9'],
    // Accents are marks on their letter.
    'an accented letter': ['z', 'é'],
    'a combining accent': ['e\u0301z', 'éa'],
    'a space': ['a b', 'ab'],
    // JavaScript compares UTF-16 units: surrogates come before U+E000 and what follows.
    'a wide letter before an emoji': ['\uFF21', '\u{1F600}'],
    'a letter of private use before one beyond U+FFFF': ['\uE000x', '\u{10400}'],
  },
};
