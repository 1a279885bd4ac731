/** Distinct ids that careless stores and locks take for the same id, or for part of another id. */
import type { IdSpace } from '../../../adapters/contract/index.ts';
import { entriesFor, type Vocabulary } from './vocabulary.ts';
import type { Subject } from '../engine/property.ts';

function longId(length: number): string {
  return `${'x'.repeat(length)}y`;
}

/** Each entry lists ids. No two of them may be treated as the same. */
export const SIMILAR_IDS: Vocabulary<readonly string[]> = {
  name: 'similar ids',
  entries: {
    case: ['Stream-1', 'stream-1', 'STREAM-1', 'sTREAM-1'],
    'case beyond ASCII': ['straße', 'STRASSE', 'strasse', 'İstanbul', 'i̇stanbul', 'istanbul', 'ıstanbul'],
    accents: ['resume', 'résumé', 'resumé'],
    width: ['stream-1', 'ｓｔｒｅａｍ-1', 'stream-１', 'stream－1'],
    normalization: ['caf\u00e9', 'cafe\u0301', '\u212b', '\u00c5', 'A\u030a', '\ufb01n', 'fin'],
    spaces: ['s', 's ', ' s', 's  ', 's\t', 's\n', 's\u00a0', 's\u200b', '\ufeffs'],
    // File names and keys often have these characters replaced by one another.
    separators: ['a-b', 'a_b', 'a.b', 'a/b', 'a:b', 'a|b', 'a\\b', 'a#b', 'a~b', 'a,b', 'a;b', 'a@b', 'ab'],
    quotes: ['a"b', "a'b", 'a`b', '"a"', "'a'", 'a*', 'a?', 'a[b]', 'a$b', 'a&b'],
    escapes: ['a%2Fb', 'a%252Fb', 'a%2fb', 'a%3Ab', 'a+b', 'a%2Bb', 'a%b', 'a=b', 'a__b', 'a..b'],
    // A path that continues another one. If ids are used as file names, a file cannot also be a folder.
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
    // Each of the following ids differs from the shorter ones only at its end.
    'long ids': [31, 32, 63, 64, 127, 128].map(longId),
    'longer ids': [254, 255, 256, 511, 512, 1000].map(longId),
  },
};

/**
 * The groups of similar ids that `takes` accepts, each with its name. Groups with a single id are left out, because
 * they test nothing.
 */
export function similarIds(
  subject: Pick<Subject, 'omitted'>,
  takes: (id: string) => boolean,
): (readonly [name: string, ids: readonly string[]])[] {
  return entriesFor(SIMILAR_IDS, subject)
    .map(([name, ids]) => [name, ids.filter(takes)] as const)
    .filter(([, ids]) => ids.length > 1);
}

/**
 * The places in an id at which one character is changed, as fractions of its length. Some keys are made only of a part
 * of the id.
 */
const PLACES = [0, 0.25, 0.5, 0.75, 1] as const;

/**
 * Ids similar to `id` that the rule allows, including `id` itself: other forms of it, and ids that differ in one
 * character at several places. A store that uses only part of an id as its key takes them for the same. At least two.
 */
export function formsOf(id: string, idSpace: IdSpace): readonly string[] {
  const last = id.length - 1;
  const shapes = [
    id.toUpperCase(),
    id.toLowerCase(),
    id.replaceAll('-', ''),
    id.replaceAll('-', '_'),
    id.replaceAll('_', '-'),
    id.slice(0, -1),
    `${id}${id.at(-1)}`,
    `{${id}}`,
    `urn:uuid:${id}`,
  ];
  const changed = PLACES.flatMap((place) => {
    const other = changedAt(id, Math.round(last * place), idSpace);
    return other === undefined ? [] : [other];
  });
  return [...new Set([id, ...shapes, ...changed])].filter((one) => idSpace.allows(one));
}

/**
 * `id` with another character at this place, or at the nearest place where the rule allows a change. Undefined: there
 * is none.
 */
function changedAt(id: string, at: number, idSpace: IdSpace): string | undefined {
  const places = Array.from(id, (_, index) => index).sort((a, b) => Math.abs(a - at) - Math.abs(b - at));
  for (const place of places) {
    for (const character of CHARACTERS) {
      const other = `${id.slice(0, place)}${character}${id.slice(place + 1)}`;
      if (other !== id && idSpace.allows(other)) return other;
    }
  }
  return undefined;
}

const CHARACTERS = Array.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');

/** The longest id that fits into a token's key together with the part that makes the key unique to a trial. */
const MAX_KEY = 200;

/** Whether a token's key may end with this id. */
export function isKey(id: string): boolean {
  return /^[\x21-\x7e]+$/.test(id) && id.length <= MAX_KEY;
}
