import fc from 'fast-check';
import {
  late,
  listCases,
  readingFailure,
  readingsOf,
  readingTrial,
  withoutLists,
  type ListCase,
} from '../../harness/listCase.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { tablesOf, type Row, type Table } from '../../harness/tables.ts';

const MAX_LIMIT = 4;

/** Neighbours that another order than that of bytes turns round, each with what does so. */
const ASCII_PAIRS: readonly (readonly [string, string])[] = [
  // Dictionaries put letters together whatever their case.
  ['B', 'a'],
  ['Zz', 'zA'],
  // Punctuation comes before letters, or does not count.
  ['aB', 'a_b'],
  ['a-c', 'ab'],
  ['A', '_'],
  // Numeric collations read numbers.
  ['a10', 'a9'],
];
const PAIRS: readonly (readonly [string, string])[] = [
  ...ASCII_PAIRS,
  // Accents are marks on their letter.
  ['z', 'é'],
  ['e\u0301z', 'éa'],
  ['a b', 'ab'],
  // JavaScript compares UTF-16 units: surrogates come before U+E000 and what follows.
  ['\uFF21', '\u{1F600}'],
  ['\uE000x', '\u{10400}'],
];

function pairsOf(table: Table): readonly (readonly [string, string])[] {
  return table.asciiIds ? ASCII_PAIRS : PAIRS;
}

/** Every pair at once, the one that belongs last first. */
function everyPair(table: Table): ListCase {
  const keys = [...new Set(pairsOf(table).flat())].reverse();
  return {
    table: table.name,
    rows: keys.map((key) => ({ key, at: 0 })),
    walks: table.lists.map((_, list) => ({ list, limit: MAX_LIMIT })),
  };
}

const rowsOf = (table: Table): fc.Arbitrary<Row[]> => {
  const pairs = pairsOf(table);
  const chosen = fc.uniqueArray(fc.nat({ max: pairs.length - 1 }), {
    minLength: 1,
    maxLength: 3,
    size: 'max',
  });
  return fc.tuple(chosen, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 })).map(([indexes, late]) => {
    const keys = [...new Set(indexes.flatMap((index) => pairs[index] ?? []))];
    // The one that belongs last is stored first as often as not.
    const order = late[0] === true ? [...keys].reverse() : keys;
    return order.map((key, index) => ({ key, at: index > 1 && late[index] === true ? 1 : 0 }));
  });
};

/**
 * Rows with equal times, whose ids dictionaries, numbers and UTF-16 order differently than UTF-8 bytes do, are shown
 * in the order of the bytes.
 */
export const CUR_04: AnyProperty = property<ListCase>({
  clause: 'CUR-04',
  schedules: 'free',
  alsoIn: ['c-collation'],
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc.tuple(listCases(subject, rowsOf, MAX_LIMIT), late).map(([input, late]) => ({ ...input, late })),
  examples: (subject) => tablesOf(subject).map(everyPair),
  trial: readingTrial,
  judge: (run) => {
    for (const reading of readingsOf(run)) {
      const failure = readingFailure(reading, run.scope);
      if (failure === undefined) continue;
      const order = reading.walk.list.latestFirst ? 'descending' : 'ascending';
      return { ...failure, expected: `${failure.expected} (ids in ${order} order of their UTF-8 bytes)` };
    }
    return undefined;
  },
});
