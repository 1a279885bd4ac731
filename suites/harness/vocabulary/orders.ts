/** Pairs of ids in order of their UTF-8 bytes. Another order reverses each pair. */
import type { Vocabulary } from './vocabulary.ts';

export const ORDERS: Vocabulary<readonly [first: string, last: string]> = {
  name: 'orders of ids',
  entries: {
    // Dictionary orders sort letters regardless of case.
    'a capital before a small letter': ['B', 'a'],
    'capitals before and behind small letters': ['Zz', 'zA'],
    // Punctuation sorts before letters, or is ignored.
    'a capital where the other has an underscore': ['aB', 'a_b'],
    'a hyphen': ['a-c', 'ab'],
    'a capital before an underscore': ['A', '_'],
    // Numeric collations compare numbers.
    numbers: ['a10', 'a9'],
    // Collations treat accents as marks on the letter.
    'an accented letter': ['z', 'é'],
    'a combining accent': ['e\u0301z', 'éa'],
    'a space': ['a b', 'ab'],
    // JavaScript compares UTF-16 units, where surrogates come before U+E000 and later characters.
    'a wide letter before an emoji': ['\uFF21', '\u{1F600}'],
    'a letter of private use before one beyond U+FFFF': ['\uE000x', '\u{10400}'],
  },
};
