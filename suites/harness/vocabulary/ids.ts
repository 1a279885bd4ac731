/** Ids that are distinct and that careless stores and locks take for one, or for a part of another. */
import { entriesFor, type Vocabulary } from './vocabulary.ts';
import type { Subject } from '../property.ts';

function longId(length: number): string {
  return `${'x'.repeat(length)}y`;
}

/** Each entry holds ids of which no two may be taken for one. */
export const SIMILAR_IDS: Vocabulary<readonly string[]> = {
  name: 'similar ids',
  entries: {
    case: ['Stream-1', 'stream-1', 'STREAM-1', 'sTREAM-1'],
    'case beyond ASCII': ['straße', 'STRASSE', 'strasse', 'İstanbul', 'i̇stanbul', 'istanbul', 'ıstanbul'],
    accents: ['resume', 'résumé', 'resumé'],
    width: ['stream-1', 'ｓｔｒｅａｍ-1', 'stream-１', 'stream－1'],
    normalization: ['caf\u00e9', 'cafe\u0301', '\u212b', '\u00c5', 'A\u030a', '\ufb01n', 'fin'],
    spaces: ['s', 's ', ' s', 's  ', 's\t', 's\n', 's\u00a0', 's\u200b', '\ufeffs'],
    // Names of files and keys replace these by one another.
    separators: ['a-b', 'a_b', 'a.b', 'a/b', 'a:b', 'a|b', 'a\\b', 'a#b', 'a~b', 'a,b', 'a;b', 'a@b', 'ab'],
    quotes: ['a"b', "a'b", 'a`b', '"a"', "'a'", 'a*', 'a?', 'a[b]', 'a$b', 'a&b'],
    escapes: ['a%2Fb', 'a%252Fb', 'a%2fb', 'a%3Ab', 'a+b', 'a%2Bb', 'a%b', 'a=b', 'a__b', 'a..b'],
    // A path through another: where an id names a file, it cannot name a folder too.
    paths: ['foo', 'foo/bar', 'foo/bar/baz', 'foo/', 'foo//bar', '/foo', 'foo/.', './foo', 'foo/../foo'],
    parts: ['foo', 'foo:bar', 'foo.bar', 'foo|bar', 'foo-bar', 'foo_bar', 'foo:', ':foo', 'foo.', '.foo'],
    'file names': ['foo', 'foo.lock', 'foo.json', 'foo.tmp', 'foo~', '.foo.swp', 'con', 'con.'],
    beginnings: ['s1', 's10', 's1_', 's1%', 's1*', 's'],
    numbers: ['1', '01', '1.0', '1e0', '+1', '-1', '0x1', '4294967297', '18446744073709551617'],
    'forms of a UUID': [
      'c0ffee00-1dea-4bad-9bed-0123456789ab',
      'C0FFEE00-1DEA-4BAD-9BED-0123456789AB',
      'c0ffee001dea4bad9bed0123456789ab',
      '{c0ffee00-1dea-4bad-9bed-0123456789ab}',
      'urn:uuid:c0ffee00-1dea-4bad-9bed-0123456789ab',
    ],
    astral: ['😀', '😁', '𝒳', '𝒴', '\u{10000}', '\u{10001}'],
    // From here on an id differs from each shorter one at its end only.
    'long ids': [31, 32, 63, 64, 127, 128].map(longId),
    'longer ids': [254, 255, 256, 511, 512, 1000].map(longId),
  },
};

/** The groups of similar ids, with their names; with `printable` only what a token's key may be made of. */
export function similarIds(
  subject: Pick<Subject, 'omitted'>,
  { printable = false }: { readonly printable?: boolean } = {},
): (readonly [name: string, ids: readonly string[]])[] {
  return entriesFor(SIMILAR_IDS, subject)
    .map(([name, ids]) => [name, printable ? ids.filter(isKey) : ids] as const)
    .filter(([, ids]) => ids.length > 1);
}

/** What remains of the longest key beside what makes it unique to a trial. */
const MAX_KEY = 200;

function isKey(id: string): boolean {
  return /^[\x21-\x7e]+$/.test(id) && id.length <= MAX_KEY;
}
