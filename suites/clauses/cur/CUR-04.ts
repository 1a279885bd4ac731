import fc from 'fast-check';
import {
  alsoInView,
  late,
  listCases,
  readingFailure,
  readInViews,
  readingsOf,
  readingTrial,
  tableNamed,
  withoutLists,
  type ListCase,
} from '../../harness/cases/listCase.ts';
import { property, type AnyProperty, type Subject, type TrialRun } from '../../harness/engine/property.ts';
import { idOf, tablesOf, type CaseRow, type Table } from '../../harness/cases/tables.ts';
import { isKey } from '../../harness/vocabulary/ids.ts';
import { ORDERS } from '../../harness/vocabulary/orders.ts';
import { entriesFor } from '../../harness/vocabulary/vocabulary.ts';

const MAX_LIMIT = 4;

/**
 * The pairs that the table accepts unchanged. If an adapter limits its ids, keys are encoded in ids, but not in
 * tokens.
 */
function pairsOf(table: Table, subject: Subject): [name: string, pair: readonly [string, string]][] {
  return entriesFor(ORDERS, subject)
    .filter(([, pair]) => !table.asciiIds || pair.every(isKey))
    .map(([name, pair]) => [name, pair]);
}

/** All pairs at once. Of each pair, the row that comes last in the list is stored first. */
function everyPair(table: Table, subject: Subject): ListCase {
  const keys = [...new Set(pairsOf(table, subject).flatMap(([, pair]) => pair))].reverse();
  return {
    table: table.name,
    rows: keys.map((key) => ({ key, at: 0 })),
    walks: table.lists.map((_, list) => ({ list, limit: MAX_LIMIT })),
  };
}

/** Whether the table uses the keys themselves as ids. */
function keepsKeys(table: Table, { idSpace }: Subject): boolean {
  return table.asciiIds || idSpace === undefined;
}

/** Whether a list showed both rows of the pair, with equal times. */
function listedBoth(pair: readonly [string, string], run: TrialRun<ListCase>): boolean {
  if (!keepsKeys(tableNamed(run.input.table), run.subject)) return false;
  return readingsOf(run).some(({ table, seen, expected }) => {
    const rows = pair.map((key) => expected.find((row) => row.key === key));
    const [first, last] = rows;
    if (first === undefined || last === undefined || first.at !== last.at) return false;
    return rows.every((row) => seen.includes(idOf(table, row as CaseRow, run.scope)));
  });
}

const rowsOf = (table: Table, subject: Subject): fc.Arbitrary<CaseRow[]> => {
  const pairs = pairsOf(table, subject).map(([, pair]) => pair);
  const chosen = fc.uniqueArray(fc.nat({ max: pairs.length - 1 }), {
    minLength: 1,
    maxLength: 3,
    size: 'max',
  });
  return fc.tuple(chosen, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 })).map(([indexes, late]) => {
    const keys = [...new Set(indexes.flatMap((index) => pairs[index] ?? []))];
    // In half of the cases the row that comes last in the list is stored first.
    const order = late[0] === true ? [...keys].reverse() : keys;
    return order.map((key, index) => ({ key, at: index > 1 && late[index] === true ? 1 : 0 }));
  });
};

/**
 * Rows have equal times and ids that dictionaries, numbers and UTF-16 order otherwise than UTF-8 bytes. Lists must
 * show them in the order of the bytes.
 */
export const CUR_04: AnyProperty = property<ListCase>({
  clause: 'CUR-04',
  schedules: 'free',
  alsoIn: ['c-collation'],
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .tuple(
        listCases(subject, (table) => rowsOf(table, subject), MAX_LIMIT),
        late,
      )
      .map(([input, late]) => ({ ...input, late })),
  examples: (subject) => tablesOf(subject).flatMap((table) => alsoInView(everyPair(table, subject), subject)),
  situations: (subject) => [
    ...Object.entries(ORDERS.entries)
      .filter(([, pair]) =>
        tablesOf(subject).some(
          (table) => keepsKeys(table, subject) && (!table.asciiIds || pair.every(isKey)),
        ),
      )
      .map(([name, pair]) => ({
        name: `a list of two rows of one time whose ids differ by ${name}`,
        occurred: (run: TrialRun<ListCase>) => listedBoth(pair, run),
      })),
    ...readInViews(subject),
  ],
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
