import { inWords } from '../../../scenarios/inWords.ts';
import fc from 'fast-check';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, saved } from '../../harness/cases/generate.ts';
import {
  listCases,
  ownIds,
  tableNamed,
  walkName,
  walkOf,
  withoutLists,
  type ListCase,
} from '../../harness/cases/listCase.ts';
import { calls, valueOf } from '../../harness/judging/observe.ts';
import {
  listed,
  pageIn,
  pagesFor,
  ranShort,
  walked,
  walkSteps,
  type Walk,
} from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { difference, sequence } from '../../harness/judging/sequences.ts';
import { homeOf, idIn, idOf, keyOf, tablesOf, type CaseRow, type Table } from '../../harness/cases/tables.ts';
import { fateNamed, fatesOf } from '../../harness/vocabulary/fates.ts';

const MAX_LIMIT = 3;
const PROBE = 'after reopening';

interface Case extends ListCase {
  /** The page after which the disturbance comes, counted from 0, modulo the number of pages with a cursor. */
  readonly after: number;
  readonly reopen: boolean;
  /** What happens to the row that the first list's cursor points at. Undefined: nothing. */
  readonly fate: string | undefined;
}

const rows: fc.Arbitrary<CaseRow[]> = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    at: fc.nat({ max: 3 }),
  }),
  { selector: ({ key }) => key, minLength: 2, maxLength: 6, size: 'max' },
);

/**
 * Between two pages the adapter is closed and opened again, or the row that a cursor points at is removed, stored
 * again, taken out of the list or moved in it, or both. The next pages must continue after the place where the row
 * was.
 */
export const CUR_07: AnyProperty = property<Case>({
  clause: 'CUR-07',
  slow: 2,
  schedules: 'free',
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .record({
        input: listCases(subject, () => rows, MAX_LIMIT),
        after: fc.nat({ max: 4 }),
        reopen: fc.boolean(),
        fate: fc.nat(),
      })
      .map(({ input, after, reopen, fate }) => {
        const fates = fatesOf(tableNamed(input.table), subject);
        const name = fates[fate % (fates.length + 1)];
        return { ...input, after, reopen: reopen || name === undefined, fate: name };
      }),
  examples: (subject) =>
    tablesOf(subject).flatMap((table) =>
      fatesOf(table, subject).flatMap((fate) => [2, 1].map((limit) => pointedAt(table, fate, limit))),
    ),
  situations: (subject) =>
    tablesOf(subject).flatMap((table) =>
      fatesOf(table, {}).map((fate) => ({
        name: `a row of ${table.noun} that a cursor points at and that ${fateNamed(fate).words}`,
        occurred: (run) =>
          run.input.table === table.name &&
          run.input.fate === fate &&
          disturbance(run.input, run.scope).length > 0 &&
          walksOf(run.input, run.scope).some(
            ({ walk, rows, after }) => rows.length > (after + 1) * walk.limit,
          ),
      })),
    ),
  trial: (input, scope) => {
    const walks = walksOf(input, scope);
    const before = walks.flatMap(({ pages, after }) => pages.slice(0, after + 1));
    const behind = walks.flatMap(({ pages, after }) => pages.slice(after + 1));
    const table = tableNamed(input.table);
    return {
      setup: input.rows.map((row) => table.create(row, scope)),
      actors: [{ instance: 0, steps: [...before, ...disturbance(input, scope), ...behind] }],
    };
  },
  judge: (run) => {
    if (lostRows(run)) return undefined;
    for (const one of walksOf(run.input, run.scope)) {
      const failure = lostPlace(run, one);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
  exercised: ({ input, scope }) =>
    (input.reopen || input.fate !== undefined) &&
    walksOf(input, scope).some(({ walk, rows, after }) => rows.length > (after + 1) * walk.limit),
});

/** Six rows, some with equal times, and a fate for the row at the end of the first page, for every list. */
function pointedAt(table: Table, fate: string, limit: number): Case {
  const rows = [0, 1, 1, 2, 3, 3].map((at, index) => ({ key: 'abcdef'.charAt(index), at }));
  const walks = table.lists.map((_, list) => ({ list, limit }));
  return { table: table.name, rows, walks, after: 0, reopen: false, fate };
}

interface DisturbedWalk {
  readonly name: string;
  readonly walk: Walk;
  readonly pages: readonly CallStep[];
  /** The rows of the list, in order. */
  readonly rows: readonly CaseRow[];
  /** The last page before the disturbance, counted from 0. */
  readonly after: number;
}

function walksOf(input: Case, scope: Scope): DisturbedWalk[] {
  const table = tableNamed(input.table);
  return input.walks.map((one, index) => {
    const walk = walkOf(table, one);
    const rows = listed(table, walk.list, input.rows, scope);
    const pagesWithCursor = Math.max(1, Math.ceil(rows.length / walk.limit) - 1);
    const name = walkName(index);
    const pages = walkSteps(walk, name, pagesFor(walk.list, rows.length, walk.limit), scope);
    return { name, walk, pages, rows, after: input.after % pagesWithCursor };
  });
}

/** The row that the first list's cursor points at, if the case changes it. */
function touchedRow(input: Case, scope: Scope): CaseRow | undefined {
  const [first] = walksOf(input, scope);
  return input.fate === undefined ? undefined : first?.rows[(first.after + 1) * first.walk.limit - 1];
}

function disturbance(input: Case, scope: Scope): Step[] {
  const table = tableNamed(input.table);
  const row = touchedRow(input, scope);
  const { fate } = input;
  const changes =
    row === undefined || fate === undefined ? undefined : fateNamed(fate).steps(table, row, scope);
  const [list] = table.lists;
  const probe = list && direct(list.method, { ...list.request(homeOf(scope)), limit: input.rows.length });
  const reopening: Step[] = input.reopen && probe ? [{ do: 'reopen' }, saved(PROBE, probe)] : [];
  return [...(changes ?? []), ...reopening];
}

function lostPlace(run: TrialRun<Case>, { name, walk, rows, after }: DisturbedWalk): Failure | undefined {
  const { input, trial, main, scope } = run;
  const table = tableNamed(input.table);
  const seen = walked(table, name, trial.actors[0]?.steps ?? [], main.records);
  const about = `the cursor of page ${after + 1} of ${walk.list.title}, in pages of ${walk.limit}, after ${disturbanceText(input, table, scope)}`;
  const broken = seen.failed ?? main.records.find((record) => record.outcome.status === 'error');
  if (broken?.outcome.status === 'error') {
    const { error } = broken.outcome;
    return {
      summary: `Following ${about} failed: ${error.code ?? error.name}: ${error.message}`,
      expected: 'the page behind the cursor',
      actual: error.code ?? error.name,
      marked: [broken],
    };
  }
  const all = ownIds(table, walk.list, seen.ids, input.rows, scope);
  const touched = touchedRow(input, scope);
  const own =
    touched !== undefined && movesIn(input) ? all.filter((id) => id !== idOf(table, touched, scope)) : all;
  // The row may have been shown before it was touched.
  const there = rows.filter((row) => row !== touched || own.includes(idOf(table, row, scope)));
  const wanted = ranShort(walk, seen) ? there.slice(0, own.length) : there;
  const expected = wanted.map((row) => keyOf(idOf(table, row, scope), scope));
  const came = own.map((id) => keyOf(id, scope));
  const fault = difference(expected, came);
  if (fault === undefined) return undefined;
  return {
    summary: `Following ${about}, the reader ${fault}.`,
    expected: sequence(expected),
    actual: sequence(came),
    marked: seen.pages.map(({ record }) => record),
  };
}

/** Whether the touched row may be seen twice, or not at all. */
function movesIn({ fate }: Case): boolean {
  return fate !== undefined && fateNamed(fate).moves === true;
}

function disturbanceText(input: Case, table: Table, scope: Scope): string {
  const touched = touchedRow(input, scope);
  const { fate } = input;
  const parts = [
    ...(touched === undefined || fate === undefined
      ? []
      : [`${keyOf(idOf(table, touched, scope), scope)} ${fateNamed(fate).words}`]),
    ...(input.reopen ? ['the adapter was opened again'] : []),
  ];
  return parts.length === 0 ? 'nothing' : inWords(parts);
}

/** Whether the rows were lost when the last instance was closed. An adapter without durability may lose them. */
function lostRows(run: TrialRun<Case>): boolean {
  const { input, subject, scope } = run;
  const table = tableNamed(input.table);
  const [list] = table.lists;
  if (subject.capabilities.durable !== false || !input.reopen || list === undefined) return false;
  const probe = calls(run, list.method).find(({ step }) => step.save === PROBE)?.record;
  if (probe?.outcome.status !== 'ok') return false;
  const own = new Set(input.rows.map((row) => idOf(table, row, scope)));
  return !pageIn(valueOf(probe)).items.some((item) => own.has(idIn(table, item)));
}
