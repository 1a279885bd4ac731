import fc from 'fast-check';
import {
  listCases,
  ownIds,
  tableNamed,
  walkName,
  walkOf,
  withoutLists,
  type ListCase,
} from '../../harness/listCase.ts';
import { listed, pageIn, pagesFor, pageStep, walked, type Walk } from '../../harness/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';
import { difference, sequence } from '../../harness/sequences.ts';
import { homeOf, idIn, idOf, keyOf, type Row, type Table } from '../../harness/tables.ts';
import { direct, saved } from '../../harness/generate.ts';
import type { Step } from '../../../scenarios/host/program.ts';

const MAX_LIMIT = 3;
const PROBE = 'after reopening';

interface Case extends ListCase {
  /** After this page, from 0, modulo the pages that have a cursor. */
  readonly after: number;
  readonly reopen: boolean;
  /** Whether the row that the cursor points at is removed, if such rows can be. */
  readonly remove: boolean;
}

const rows: fc.Arbitrary<Row[]> = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    at: fc.nat({ max: 3 }),
  }),
  { selector: ({ key }) => key, minLength: 2, maxLength: 6, size: 'max' },
);

/**
 * Between two pages the adapter is closed and opened again, or the row is removed that the cursor points at, or both.
 * The next page goes on behind it.
 */
export const CUR_07: AnyProperty = property<Case>({
  clause: 'CUR-07',
  schedules: 'free',
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .record({
        input: listCases(subject, () => rows, MAX_LIMIT),
        after: fc.nat({ max: 4 }),
        event: fc.constantFrom('remove', 'reopen', 'both'),
      })
      .map(({ input, after, event }) => ({
        ...input,
        walks: input.walks.slice(0, 1),
        after,
        reopen: event !== 'remove',
        remove: event !== 'reopen' && tableNamed(input.table).remove !== undefined,
      })),
  trial: (input, scope) => {
    const { table, walk, expected, after } = planOf(input, scope);
    const pages = pagesFor(walk.list, expected.length, walk.limit);
    const steps = Array.from({ length: pages }, (_, index): Step[] => [
      pageStep(walk, walkName(0), index, scope),
      ...(index === after ? disturbance(input, table, walk, pointedAt(expected, walk, after), scope) : []),
    ]).flat();
    return { setup: input.rows.map((row) => table.create(row, scope)), actors: [{ instance: 0, steps }] };
  },
  judge: lostPlace,
  exercised: (run) => {
    const { expected, walk, after } = planOf(run.input, run.scope);
    return (run.input.reopen || run.input.remove) && expected.length > (after + 1) * walk.limit;
  },
});

interface Plan {
  readonly table: Table;
  readonly walk: Walk;
  readonly expected: readonly Row[];
  readonly after: number;
}

function planOf(input: Case, scope: Scope): Plan {
  const table = tableNamed(input.table);
  const walk = walkOf(table, input.walks[0] ?? { list: 0, limit: 1 });
  const expected = listed(table, walk.list, input.rows, scope);
  const pagesWithCursor = Math.max(1, Math.ceil(expected.length / walk.limit) - 1);
  return { table, walk, expected, after: input.after % pagesWithCursor };
}

function pointedAt(expected: readonly Row[], walk: Walk, after: number): Row | undefined {
  return expected[(after + 1) * walk.limit - 1];
}

function disturbance(input: Case, table: Table, walk: Walk, row: Row | undefined, scope: Scope): Step[] {
  const removal = input.remove && row !== undefined ? table.remove?.(row, scope) : undefined;
  const probe = direct(walk.list.method, { ...walk.list.request(homeOf(scope)), limit: input.rows.length });
  const reopening: Step[] = input.reopen ? [{ do: 'reopen' }, saved(PROBE, probe)] : [];
  return [...(removal === undefined ? [] : [removal]), ...reopening];
}

function lostPlace(run: TrialRun<Case>): Failure | undefined {
  const { input, trial, main, scope } = run;
  const { table, walk, expected, after } = planOf(input, scope);
  const seen = walked(table, walkName(0), trial.actors[0]?.steps ?? [], main.records);
  if (forgot(run, table)) return undefined;
  const what = [
    ...(input.remove ? ['its row was removed'] : []),
    ...(input.reopen ? ['the adapter was opened again'] : []),
  ];
  const about = `the cursor of page ${after + 1} of ${walk.list.title}, in pages of ${walk.limit}, after ${what.join(' and ')}`;
  const broken = main.records.find((record) => record.outcome.status === 'error');
  if (broken?.outcome.status === 'error') {
    const { error } = broken.outcome;
    return {
      summary: `Following ${about} failed: ${error.code ?? error.name}: ${error.message}`,
      expected: 'the page behind the cursor',
      actual: error.code ?? error.name,
      marked: [broken],
    };
  }
  const wanted = expected.map((row) => keyOf(idOf(table, row, scope), scope));
  const came = ownIds(table, walk.list, seen.ids, input.rows, scope).map((id) => keyOf(id, scope));
  const fault = difference(wanted, came);
  if (fault === undefined) return undefined;
  return {
    summary: `Following ${about}, the reader ${fault}.`,
    expected: sequence(wanted),
    actual: sequence(came),
    marked: seen.pages.map(({ record }) => record),
  };
}

/** Whether an adapter that promises no durability lost its rows with its last instance. */
function forgot({ trial, main, subject, input, scope }: TrialRun<Case>, table: Table): boolean {
  if (subject.capabilities.durable !== false || !input.reopen) return false;
  const probe = main.records.find((record) => {
    const step = trial.actors[record.actor]?.steps[record.step];
    return step?.do === 'call' && step.save === PROBE;
  });
  if (probe?.outcome.status !== 'ok') return false;
  const own = new Set(input.rows.map((row) => idOf(table, row, scope)));
  return !pageIn(probe.outcome.value).items.some((item) => own.has(idIn(table, item)));
}
