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
/** Larger pages than this show everything at once. */
const MAX_LIMIT = 4;
/** How much of a time says which millisecond it is. */
const MILLISECOND = '2030-01-01T00:00:00.000'.length;

/** Mostly one millisecond, and in it times that differ in the last digits only. */
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
 * Rows are stored whose times differ by microseconds, many in one millisecond. Every list, read in pages of every
 * size, joins to the full list, and shows the times as they were given; at times through the view of the section that
 * has just stored some of them.
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
 * A row with each number of digits, some with zeros at the end, in every list; stored in another order than that of their
 * times, or of their ids, which is another one again.
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

/** Whether a page, read past any section, ended where the next one began with another row, of the same millisecond where the list goes by time. */
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

/** Says so when rows that share a millisecond were separated by the end of a page. */
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
