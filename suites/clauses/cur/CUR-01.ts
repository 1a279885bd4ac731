import fc from 'fast-check';
import {
  alsoInView,
  late,
  listCases,
  place,
  readingFailure,
  readInViews,
  readingsOf,
  readingTrial,
  withoutLists,
  type ListCase,
  type Reading,
} from '../../harness/cases/listCase.ts';
import { property, type AnyProperty, type Property, type TrialRun } from '../../harness/engine/property.ts';
import { farTimes } from '../../harness/parts/farTimes.ts';
import { joined } from '../../harness/parts/joined.ts';
import { tablesOf, timeIn, type ListKind, type CaseRow, type Table } from '../../harness/cases/tables.ts';

const MAX_ROWS = 8;
/** With larger pages, one page would show everything. */
const MAX_LIMIT = 4;
/** The length of the part of a timestamp that identifies the millisecond. */
const MILLISECOND = '2030-01-01T00:00:00.000'.length;

/** Mostly times within one millisecond, which differ only in the last digits. */
const at: fc.Arbitrary<number> = fc
  .tuple(fc.constantFrom(0, 0, 0, 1), fc.constantFrom(0, 1, 2, 10, 120, 500, 999))
  .map(([ms, us]) => ms * 1000 + us);

const row: fc.Arbitrary<CaseRow> = fc
  .record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'),
    at,
    digits: fc.constantFrom(3, 4, 6),
    place,
  })
  .map(({ place, ...rest }) => ({ ...rest, ...place }));

const rows: fc.Arbitrary<CaseRow[]> = fc.uniqueArray(row, {
  selector: ({ key }) => key,
  minLength: 2,
  maxLength: MAX_ROWS,
  size: 'max',
});

/**
 * Stores rows whose times differ by microseconds, many within one millisecond. Every list, read in pages of every
 * size, must join to the full list and show the times as they were given. In some cases the lists are read through
 * the view of the section that has just stored some of the rows.
 */
const DENSE: Property<ListCase> = {
  clause: 'CUR-01',
  schedules: 'free',
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .tuple(
        listCases(subject, () => rows, MAX_LIMIT),
        late,
      )
      .map(([input, late]) => ({ ...input, late })),
  examples: (subject) => tablesOf(subject).flatMap((table) => alsoInView(oneOfEach(table), subject)),
  situations: (subject) => [
    ...tablesOf(subject).flatMap(({ lists }) =>
      lists.map((list) => ({
        name:
          list.by === 'time'
            ? `a page of ${list.title} that ended between two rows of one millisecond`
            : `a second page of ${list.title}`,
        occurred: (run: TrialRun<ListCase>) =>
          readingsOf(run).some(({ walk, ...reading }) => walk.list === list && isDivided(reading, list)),
      })),
    ),
    ...readInViews(subject),
  ],
  trial: readingTrial,
  judge: (run) => {
    for (const reading of readingsOf(run)) {
      const failure = readingFailure(reading, run.scope);
      if (failure !== undefined) return { ...failure, summary: failure.summary + hint(reading) };
    }
    return undefined;
  },
  exercised: (run) => readingsOf(run).some(({ walk, expected }) => expected.length > walk.limit),
};

export const CUR_01: AnyProperty = property(joined(DENSE, farTimes));

/**
 * One row for each number of digits, some of them trailing zeros, in every list. The order of storing differs from
 * the order of times, and both differ from the order of ids.
 */
function oneOfEach({ name, lists }: Table): ListCase {
  const rows: CaseRow[] = [
    { key: 'c', at: 500, digits: 6 },
    { key: 'f', at: 0, digits: 3 },
    { key: 'b', at: 1000, digits: 4 },
    { key: 'e', at: 10, digits: 3 },
    { key: 'g', at: 0, digits: 6 },
    { key: 'a', at: 999, digits: 3 },
    { key: 'd', at: 120, digits: 4 },
  ];
  return { table: name, rows, walks: lists.map((_, list) => ({ list, limit: 2 })) };
}

/**
 * Whether a page, read outside sections, ended between two rows. In a list by time, both rows must be within one
 * millisecond.
 */
function isDivided(
  { table, walked: { pages } }: Pick<Reading, 'table' | 'walked'>,
  { by }: ListKind,
): boolean {
  return pages.some(({ items, record }, index) => {
    const [last, next] = [items.at(-1), pages[index + 1]?.items[0]];
    if (last === undefined || next === undefined || record.section !== undefined) return false;
    if (by === 'id') return true;
    const [before, after] = [last, next].map((item) => timeIn(table, item) ?? '');
    return before !== after && before?.slice(0, MILLISECOND) === after?.slice(0, MILLISECOND);
  });
}

/** A hint if the end of a page separated rows within one millisecond. */
function hint({ walk, expected }: Reading): string {
  if (walk.list.by === 'id') return '';
  const torn = expected.some((one, index) => {
    const next = expected[index + 1];
    return (
      next !== undefined &&
      (index + 1) % walk.limit === 0 &&
      one.at !== next.at &&
      Math.floor(one.at / 1000) === Math.floor(next.at / 1000)
    );
  });
  return torn
    ? ' A page ends between two rows of one millisecond: does the cursor keep every digit of the time?'
    : '';
}
