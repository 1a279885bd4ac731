/** Ids that are distinct and that careless stores and locks take for one, or for a part of another. */
import type { IdSpace } from '../../../adapters/contract/index.ts';
import { entriesFor, type Vocabulary } from './vocabulary.ts';
import type { Subject } from '../engine/property.ts';

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

/** The groups of similar ids, with their names, of the ids that `takes` them; a group of one says nothing. */
export function similarIds(
  subject: Pick<Subject, 'omitted'>,
  takes: (id: string) => boolean,
): (readonly [name: string, ids: readonly string[]])[] {
  return entriesFor(SIMILAR_IDS, subject)
    .map(([name, ids]) => [name, ids.filter(takes)] as const)
    .filter(([, ids]) => ids.length > 1);
}

/** How long the parts of an id are that some keys are made of alone. */
const PLACES = [0, 0.25, 0.5, 0.75, 1] as const;

/**
 * Ids that a rule allows and that are like `id`, which is one of them: in another form, or other by one character, in
 * several places, as what keys locks by a part of an id takes them for one. At least two.
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

/** `id` with another character there, if the rule allows one; else with one behind it, or before it. */
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

/** What remains of the longest key beside what makes it unique to a trial. */
const MAX_KEY = 200;

/** Whether a token's key may end in it. */
export function isKey(id: string): boolean {
  return /^[\x21-\x7e]+$/.test(id) && id.length <= MAX_KEY;
}
