import fc from 'fast-check';
import {
  listCases,
  tableNamed,
  walkName,
  walkOf,
  withoutLists,
  type ListCase,
} from '../../harness/listCase.ts';
import { listed, pagesFor, walked, walkSteps } from '../../harness/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';
import { sequence, difference } from '../../harness/sequences.ts';
import { idOf, keyOf, type Row, type Table } from '../../harness/tables.ts';
import type { CallStep } from '../../../scenarios/host/program.ts';

const MAX_LIMIT = 3;

/** What a writer does to a row while the list is read: it stores, changes or removes it, or stays away from it. */
const FATES = ['stable', 'created', 'changed', 'removed'] as const;
type Fate = (typeof FATES)[number];

interface FatedRow extends Row {
  readonly fate: Fate;
}

interface Case extends ListCase {
  readonly rows: readonly FatedRow[];
  /** Which of two writers takes each fated row. */
  readonly writers: readonly number[];
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

function rowsOf(table: Table): fc.Arbitrary<FatedRow[]> {
  const fates = FATES.filter(
    (fate) =>
      (fate !== 'changed' || table.change !== undefined) &&
      (fate !== 'removed' || table.remove !== undefined),
  );
  const fate = fc.oneof(
    { weight: 2, arbitrary: fc.constant<Fate>('stable') },
    { weight: 3, arbitrary: fc.constantFrom(...fates.slice(1)) },
  );
  return fc.uniqueArray(fc.record({ key: fc.constantFrom(...KEYS), at: fc.nat({ max: 4 }), fate }), {
    selector: ({ key }) => key,
    minLength: 3,
    maxLength: 8,
    size: 'max',
  });
}

/**
 * A reader pages through a list while two writers store new rows before and behind it, change and remove others. Rows
 * that nobody touches appear exactly once and in order, touched ones at most once, and nothing else appears.
 */
export const CUR_05: AnyProperty = property<Case>({
  clause: 'CUR-05',
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .tuple(
        listCases(subject, rowsOf, MAX_LIMIT),
        fc.array(fc.nat({ max: 1 }), { minLength: 8, maxLength: 8 }),
      )
      .map(([input, writers]) => ({
        ...(input as Omit<Case, 'writers'>),
        walks: input.walks.slice(0, 1),
        writers,
      })),
  trial: (input, scope) => {
    const table = tableNamed(input.table);
    const walk = walkOf(table, input.walks[0] ?? { list: 0, limit: 1 });
    const pages = pagesFor(walk.list, listed(table, walk.list, input.rows, scope).length, walk.limit);
    const stored = input.rows.filter(({ fate }) => fate !== 'created');
    const touched = input.rows.filter(({ fate }) => fate !== 'stable');
    const writer = (number: number): CallStep[] =>
      touched
        .filter((_, index) => (input.writers[index] ?? 0) === number)
        .flatMap((row) => touch(table, row, scope) ?? []);
    return {
      setup: stored.map((row) => table.create(row, scope)),
      actors: [
        { instance: 0, steps: walkSteps(walk, walkName(0), pages, scope) },
        { instance: 1, steps: writer(0) },
        { instance: 2, steps: writer(1) },
      ],
    };
  },
  judge: wrongScan,
  exercised: (run) => {
    const pages = readingOf(run).pages;
    const from = pages[0]?.record.return ?? Number.POSITIVE_INFINITY;
    const to = pages.at(-1)?.record.call ?? 0;
    return run.main.records.some(
      (record) =>
        record.actor > 0 && record.outcome.status === 'ok' && record.return > from && record.call < to,
    );
  },
});

function touch(table: Table, row: FatedRow, scope: Scope): CallStep | undefined {
  switch (row.fate) {
    case 'stable':
      return undefined;
    case 'created':
      return table.create(row, scope);
    case 'changed':
      return table.change?.(row, scope);
    case 'removed':
      return table.remove?.(row, scope);
    default:
      return row.fate satisfies never;
  }
}

function readingOf({ input, trial, main }: TrialRun<Case>): ReturnType<typeof walked> {
  const records = main.records.filter(({ actor }) => actor === 0);
  return walked(tableNamed(input.table), walkName(0), trial.actors[0]?.steps ?? [], records);
}

function wrongScan(run: TrialRun<Case>): Failure | undefined {
  const { input, scope, main } = run;
  const table = tableNamed(input.table);
  const walk = walkOf(table, input.walks[0] ?? { list: 0, limit: 1 });
  const { failed, ids, pages } = readingOf(run);
  const about = `Reading ${walk.list.title} in pages of ${walk.limit} beside writers`;
  const broken = failed ?? main.records.find((record) => record.outcome.status === 'error');
  if (broken?.outcome.status === 'error') {
    const { error } = broken.outcome;
    return {
      summary: `${about} made a plain call fail: ${error.code ?? error.name}: ${error.message}`,
      expected: 'readers and writers of different rows do not disturb each other',
      actual: error.code ?? error.name,
      marked: [broken],
    };
  }
  const rows = listed(table, walk.list, input.rows, scope) as FatedRow[];
  const fateOf = new Map(rows.map((row) => [idOf(table, row, scope), row.fate]));
  const own = walk.list.shared ? ids.filter((id) => fateOf.has(id)) : ids;
  // Touched rows may be missing; those that are there must stand where they belong, once.
  const expected = rows
    .map((row) => idOf(table, row, scope))
    .filter((id) => fateOf.get(id) === 'stable' || own.includes(id));
  const what = difference(names(expected, scope), names(own, scope));
  if (what === undefined) return undefined;
  const touched = rows.filter(({ fate }) => fate !== 'stable');
  const fates = touched.map((row) => `${keyOf(idOf(table, row, scope), scope)} ${row.fate}`).join(', ');
  return {
    summary: `${about} ${what}. ${touched.length === 0 ? 'Nothing' : fates} meanwhile; nobody touched the other rows.`,
    expected: sequence(names(expected, scope)),
    actual: sequence(names(own, scope)),
    marked: pages.map(({ record }) => record),
  };
}

function names(ids: readonly string[], scope: Scope): string[] {
  return ids.map((id) => keyOf(id, scope));
}
