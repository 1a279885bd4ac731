/** Cases that store rows of one table and read its lists page by page, and the ways in which such readings fail. */
import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import { inView } from './generate.ts';
import { listed, pagesFor, ranShort, walked, walkSteps, type Walk, type Walked } from '../judging/pages.ts';
import type { Failure, Scope, Situation, Subject, Trial, TrialRun } from '../engine/property.ts';
import { difference, sequence } from '../judging/sequences.ts';
import {
  idOf,
  keyOf,
  tablesOf,
  TABLES,
  timeIn,
  timeOf,
  type ListKind,
  type CaseRow,
  type Table,
} from './tables.ts';

export interface ListCase {
  readonly table: Table['name'];
  readonly rows: readonly CaseRow[];
  readonly walks: readonly ListWalk[];
  /** The number of last rows that are stored in a section. The lists are then read through its view. Default 0. */
  readonly late?: number;
}

export interface ListWalk {
  /** The index of the list in the table. */
  readonly list: number;
  readonly limit: number;
}

/** Few rows are away, so that scoped lists have rows to show and rows to leave out. */
export const place: fc.Arbitrary<Pick<CaseRow, 'away'>> = fc.oneof(
  { weight: 7, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ away: true }) },
);

/** Why no clause about lists applies. Undefined: there are lists. */
export function withoutLists(subject: Subject): string | undefined {
  return tablesOf(subject).length > 0 ? undefined : 'the adapter has no list';
}

/** Cases over every table that the adapter has. */
export function listCases(
  subject: Subject,
  rowsOf: (table: Table) => fc.Arbitrary<readonly CaseRow[]>,
  maxLimit: number,
): fc.Arbitrary<ListCase> {
  const perTable = tablesOf(subject).map((table) =>
    fc.record({ table: fc.constant(table.name), rows: rowsOf(table), walks: listWalks(table, maxLimit) }),
  );
  return fc.oneof(...perTable);
}

/** Nearly all lists of the table, each with its own page size. Cases shrink to fewer lists. */
function listWalks(table: Table, maxLimit: number): fc.Arbitrary<ListWalk[]> {
  const several = table.lists.length > 1;
  const isLeftOut = fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant(several) },
    { weight: 7, arbitrary: fc.constant(false) },
  );
  const choice = fc.record({ isLeftOut, limit: fc.integer({ min: 1, max: maxLimit }) });
  return fc
    .tuple(...table.lists.map(() => choice))
    .map((choices) => choices.flatMap(({ isLeftOut, limit }, list) => (isLeftOut ? [] : [{ list, limit }])));
}

export function tableNamed(name: Table['name']): Table {
  return TABLES.find((table) => table.name === name) as Table;
}

export function walkOf(table: Table, { list, limit }: ListWalk): Walk {
  return { list: table.lists[list % table.lists.length] as ListKind, limit };
}

/** Usually 0: most cases use no section. Shrinks to 0. */
export const late: fc.Arbitrary<number> = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
);

/** Views have no list of tokens. */
function isReadInViews({ name }: Table, surfaces: Subject['surfaces']): boolean {
  return surfaces.includes('locks') && name !== 'idempotency';
}

/**
 * The case itself and, if views have the table's lists, the case with its last rows stored in a section that reads
 * them.
 */
export function alsoInView(input: ListCase, { surfaces }: Subject): ListCase[] {
  return [input, ...(isReadInViews(tableNamed(input.table), surfaces) ? [{ ...input, late: 2 }] : [])];
}

/** The situation that a list of each kind was read through a view, if views have them. */
export function readInViews(subject: Subject): Situation<ListCase>[] {
  const tables = tablesOf(subject).filter((table) => isReadInViews(table, subject.surfaces));
  return tables.flatMap(({ lists }) =>
    lists.map((list) => ({
      name: `${list.title} read through the view of the section that stored the last rows`,
      occurred: (run) =>
        readingsOf(run).some(
          ({ walk, walked: { pages }, seen }) =>
            walk.list === list && seen.length > 0 && pages.some(({ record }) => record.section !== undefined),
        ),
    })),
  );
}

/** Stores the rows in the order of the case. Then one actor performs the walks, one after another. */
export function readingTrial(input: ListCase, scope: Scope, { surfaces }: Subject): Trial {
  const table = tableNamed(input.table);
  const hasView = isReadInViews(table, surfaces);
  const before = input.rows.slice(
    0,
    input.rows.length - Math.min(input.rows.length, hasView ? (input.late ?? 0) : 0),
  );
  const within = input.rows.slice(before.length).map((row) => table.create(row, scope));
  const reads = input.walks.flatMap((one, index) => {
    const walk = walkOf(table, one);
    const count = listed(table, walk.list, input.rows, scope).length;
    return walkSteps(walk, walkName(index), pagesFor(walk.list, count, walk.limit), scope);
  });
  const steps = within.length === 0 ? reads : inView(scope.id('lock'), [...within, ...reads]);
  return { setup: before.map((row) => table.create(row, scope)), actors: [{ instance: 0, steps }] };
}

export function walkName(index: number): string {
  return `walk ${index + 1}`;
}

/** What one walk of a case should have shown, and what it showed. */
export interface Reading {
  readonly table: Table;
  readonly walk: Walk;
  readonly walked: Walked;
  readonly expected: readonly CaseRow[];
  /** Without the rows of earlier trials that follow this trial's rows. */
  readonly seen: readonly string[];
}

export function readingsOf({
  input,
  trial,
  main,
  scope,
}: Pick<TrialRun<ListCase>, 'input' | 'trial' | 'main' | 'scope'>): Reading[] {
  const table = tableNamed(input.table);
  return input.walks.map((one, index) => {
    const walk = walkOf(table, one);
    const seen = walked(table, walkName(index), trial.actors[0]?.steps ?? [], main.records);
    const shown = ownIds(table, walk.list, seen.ids, input.rows, scope);
    const all = listed(table, walk.list, input.rows, scope);
    const expected = ranShort(walk, seen) ? all.slice(0, shown.length) : all;
    return { table, walk, walked: seen, expected, seen: shown };
  });
}

/** `ids` up to the last row of this trial. A list that contains no other trials' rows is kept whole. */
export function ownIds(
  table: Table,
  list: ListKind,
  ids: readonly string[],
  rows: readonly CaseRow[],
  scope: Scope,
): readonly string[] {
  if (!list.shared) return ids;
  const own = new Set(rows.map((row) => idOf(table, row, scope)));
  return ids.slice(0, 1 + ids.findLastIndex((id) => own.has(id)));
}

/** What is wrong with a reading of unchanged rows: a failed page, a wrong sequence, or a changed time. */
export function readingFailure(reading: Reading, scope: Scope): Failure | undefined {
  const { table, walk, walked, expected, seen } = reading;
  if (walked.failed !== undefined) return pageFailure(walk, walked, walked.failed);
  const what = difference(
    expected.map((row) => keyOf(idOf(table, row, scope), scope)),
    seen.map((id) => keyOf(id, scope)),
  );
  if (what !== undefined) {
    return {
      summary: `Reading ${walk.list.title} in pages of ${walk.limit}${viewText(walked)} ${what}.`,
      expected: sequence(expected.map((row) => rowLabel(table, walk.list, row, scope))),
      actual: sequence(seenLabels(reading, scope)),
      marked: walked.pages.map(({ record }) => record),
    };
  }
  return changedTime(reading, scope);
}

function viewText({ pages }: Walked): string {
  const isInView = pages.some(({ record }) => record.section !== undefined);
  return isInView ? ' through the view of the section that stored the last rows' : '';
}

function pageFailure(walk: Walk, walked: Walked, failed: StepRecord): Failure {
  const error = failed.outcome.status === 'error' ? failed.outcome.error : undefined;
  const number = walked.pages.length + 1;
  return {
    summary: `Reading ${walk.list.title} in pages of ${walk.limit} failed at page ${number}: ${error?.code ?? error?.name}: ${error?.message}`,
    expected:
      number === 1 ? 'a page' : 'the page behind the cursor that the list itself gave with the page before',
    actual: `${error?.code ?? error?.name}`,
    marked: [failed],
  };
}

function changedTime({ table, walk, walked, expected }: Reading, scope: Scope): Failure | undefined {
  const items = walked.pages.flatMap((page) => page.items.map((item) => ({ item, record: page.record })));
  for (const [index, row] of expected.entries()) {
    const given = timeOf(table, row, scope);
    const came = timeIn(table, items[index]?.item);
    if (came === given) continue;
    return {
      summary: `${walk.list.title} shows ${keyOf(idOf(table, row, scope), scope)} with a different ${table.timeField} from the one that was stored.`,
      expected: given,
      actual: String(came),
      ...(items[index] === undefined ? {} : { marked: [items[index].record] }),
    };
  }
  return undefined;
}

/**
 * The row's key. In lists by time, also the seconds of its time, or its whole time if it has its own: `e1@00.000001`.
 */
export function rowLabel(table: Table, list: ListKind, row: CaseRow, scope: Scope): string {
  const key = keyOf(idOf(table, row, scope), scope);
  if (list.by === 'id') return key;
  return `${key}@${row.moment ?? timeOf(table, row, scope).slice(17, -1)}`;
}

function seenLabels({ table, walk, walked, seen, expected }: Reading, scope: Scope): string[] {
  const items = walked.pages.flatMap((page) => page.items);
  const areWhole = expected.some(({ moment }) => moment !== undefined);
  return seen.map((id, index) => {
    const time = timeIn(table, items[index]);
    const key = keyOf(id, scope);
    if (walk.list.by === 'id' || time === undefined) return key;
    return `${key}@${areWhole ? time : time.slice(17, -1)}`;
  });
}
