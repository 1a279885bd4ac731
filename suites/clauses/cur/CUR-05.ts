import fc from 'fast-check';
import type { CallStep, Decision } from '../../../scenarios/host/language/program.ts';
import {
  listCases,
  tableNamed,
  walkOf,
  withoutLists,
  type ListCase,
  type ListWalk,
} from '../../harness/cases/listCase.ts';
import {
  listed,
  pagesFor,
  ranShort,
  walked,
  walkSteps,
  type Walk,
  type Walked,
} from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { difference, sequence } from '../../harness/judging/sequences.ts';
import { idOf, keyOf, tablesOf, type CaseRow, type Table } from '../../harness/cases/tables.ts';
import { fateNamed, fatesOf } from '../../harness/vocabulary/fates.ts';

const MAX_LIMIT = 2;
const MAX_ROWS = 9;
const WRITERS = 2;
/** The last page, counted from 0, after which a writer writes. */
const MAX_PAGE = 2;
const WALK = 'walk';

/**
 * What a writer does to a row while the list is read: STABLE, CREATED, or a fate of the vocabulary of stored rows.
 */
const STABLE = 'stable';
const CREATED = 'created';

interface FatedRow extends CaseRow {
  /** STABLE, CREATED, or the name of a fate. */
  readonly fate: string;
}

interface Case extends ListCase {
  readonly rows: readonly FatedRow[];
  /** The writer of each touched row. */
  readonly writers: readonly number[];
  /** The page after which each touched row is written, for every reader. Absent: the generated order decides. */
  readonly pages?: readonly number[];
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** Most rows are stored or removed, because this moves other rows within pages. Default: 1. */
const WEIGHTS: Readonly<Record<string, number>> = { [STABLE]: 3, [CREATED]: 4, removed: 4 };

function rowsOf(table: Table, subject: Subject): fc.Arbitrary<FatedRow[]> {
  const fates = [STABLE, CREATED, ...fatesOf(table, subject)];
  const fate = fc.oneof(...fates.map((one) => ({ weight: WEIGHTS[one] ?? 1, arbitrary: fc.constant(one) })));
  return fc.uniqueArray(fc.record({ key: fc.constantFrom(...KEYS), at: fc.nat({ max: 4 }), fate }), {
    selector: ({ key }) => key,
    minLength: 4,
    maxLength: MAX_ROWS,
    size: 'max',
  });
}

/**
 * A reader for each list of a table reads page after page while two writers store new rows and change and remove
 * others. Untouched rows must appear exactly once and in order, touched rows at most once, and nothing else.
 */
export const CUR_05: AnyProperty = property<Case>({
  clause: 'CUR-05',
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .tuple(
        listCases(subject, (table) => rowsOf(table, subject), MAX_LIMIT),
        fc.record({ writers: perRow(WRITERS - 1), pages: perRow(MAX_PAGE) }, { requiredKeys: ['writers'] }),
      )
      .map(([input, plan]) => ({ ...(input as Omit<Case, 'writers'>), ...plan })),
  examples: (subject) =>
    tablesOf(subject).flatMap((table) =>
      [CREATED, ...fatesOf(table, subject)].map((fate) => passedBy(table, fate)),
    ),
  situations: (subject) =>
    tablesOf(subject).flatMap((table) =>
      [CREATED, ...fatesOf(table, {})].map((fate) => ({
        name: `a row of ${table.noun} that ${wordsOf(fate)} between two pages`,
        occurred: (run) =>
          run.input.table === table.name &&
          run.input.rows.some((row) => row.fate === fate) &&
          run.input.walks.some((_, number) => besideWriters(run, WRITERS + number)),
      })),
    ),
  trial: (input, scope) => {
    const table = tableNamed(input.table);
    const stored = input.rows.filter(({ fate }) => fate !== CREATED);
    const touches = touchesOf(input, scope);
    const writer = (number: number): CallStep[] =>
      touches.filter((one) => one.writer === number).map(({ call }) => call);
    const readers = input.walks.map((one) => readerOf(table, one, input, scope));
    const order = input.pages === undefined ? {} : { order: orderOf(touches, readers) };
    return {
      setup: stored.map((row) => table.create(row, scope)),
      // Readers are last: when the generated order has ended, the writers continue before them.
      actors: [
        ...Array.from({ length: WRITERS }, (_, number) => ({ instance: number + 1, steps: writer(number) })),
        ...readers.map((steps, number) => ({ instance: number, steps })),
      ],
      ...order,
    };
  },
  judge: (run) => {
    for (const [number, one] of run.input.walks.entries()) {
      const failure = wrongScan(run, walkOf(tableNamed(run.input.table), one), WRITERS + number);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
  exercised: (run) => run.input.walks.some((_, number) => besideWriters(run, WRITERS + number)),
});

function perRow(max: number): fc.Arbitrary<number[]> {
  return fc.array(fc.nat({ max }), { minLength: MAX_ROWS, maxLength: MAX_ROWS });
}

function readerOf(table: Table, one: ListWalk, { rows }: Case, scope: Scope): CallStep[] {
  const walk = walkOf(table, one);
  const count = listed(table, walk.list, rows, scope).length;
  return walkSteps(walk, WALK, pagesFor(walk.list, count, walk.limit), scope);
}

/**
 * Six rows. After the first page has been read, one row behind the reader and one row ahead of it meet their fate.
 */
function passedBy(table: Table, fate: string): Case {
  const rows = [0, 1, 1, 2, 3, 4].map((at, index) => ({
    key: 'abcdef'.charAt(index),
    at,
    fate: index === 1 || index === 4 ? fate : STABLE,
  }));
  const walks = table.lists.map((_, list) => ({ list, limit: 2 }));
  return { table: table.name, rows, walks, writers: [0, 1], pages: [0, 0] };
}

interface Touch {
  readonly call: CallStep;
  readonly writer: number;
  /** The page after which the change is made, counted from 0. */
  readonly page: number;
}

/** If a change has several steps, each step comes after a page of its own. */
function touchesOf({ table: name, rows, writers, pages = [] }: Case, scope: Scope): Touch[] {
  const table = tableNamed(name);
  return rows
    .filter(({ fate }) => fate !== STABLE)
    .flatMap((row, index) => {
      const steps =
        row.fate === CREATED ? [table.create(row, scope)] : fateNamed(row.fate).steps(table, row, scope);
      return (steps ?? []).map((call, later) => ({
        call,
        writer: writers[index] ?? 0,
        page: Math.min(MAX_PAGE, (pages[index] ?? 0) + later),
      }));
    })
    .sort((a, b) => a.page - b.page);
}

function wordsOf(fate: string): string {
  return fate === CREATED ? 'was stored' : fateNamed(fate).words;
}

/** Each reader reads a page. Then the changes that belong after this page are made, and so on. */
function orderOf(touches: readonly Touch[], readers: readonly CallStep[][]): Decision[] {
  const order: Decision[] = [];
  const made = Array.from({ length: WRITERS }, () => 0);
  const rounds = Math.max(MAX_PAGE + 1, ...readers.map((steps) => steps.length));
  for (let round = 0; round < rounds; round += 1) {
    for (const [number, steps] of readers.entries()) {
      if (round < steps.length) order.push({ actor: WRITERS + number, step: round, blocked: false });
    }
    for (const { writer } of touches.filter(({ page }) => page === round)) {
      order.push({ actor: writer, step: made[writer] ?? 0, blocked: false });
      made[writer] = (made[writer] ?? 0) + 1;
    }
  }
  return order;
}

function readingOf({ input, trial, main }: TrialRun<Case>, actor: number): Walked {
  const records = main.records.filter((record) => record.actor === actor);
  return walked(tableNamed(input.table), WALK, trial.actors[actor]?.steps ?? [], records);
}

/** Whether a writer wrote after the reader's first page and before its last one. */
function besideWriters(run: TrialRun<Case>, reader: number): boolean {
  const { pages } = readingOf(run, reader);
  const from = pages[0]?.record.return ?? Number.POSITIVE_INFINITY;
  const to = pages.at(-1)?.record.call ?? 0;
  return run.main.records.some(
    ({ actor, outcome, call, return: at }) =>
      actor < WRITERS && outcome.status === 'ok' && at > from && call < to,
  );
}

function wrongScan(run: TrialRun<Case>, walk: Walk, reader: number): Failure | undefined {
  const { input, scope, main } = run;
  const table = tableNamed(input.table);
  const reading = readingOf(run, reader);
  const { failed, ids, pages } = reading;
  const about = `Reading ${walk.list.title} in pages of ${walk.limit} during writes`;
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
  // A row that moves may be seen at both places, or at neither.
  const moving = new Set(rows.filter(({ fate }) => moves(fate)).map((row) => idOf(table, row, scope)));
  const staying = rows.filter((row) => !moving.has(idOf(table, row, scope)));
  const fateOf = new Map(staying.map((row) => [idOf(table, row, scope), row.fate]));
  const own = ids.filter((id) => (walk.list.shared ? fateOf.has(id) : !moving.has(id)));
  // Touched rows may be missing. Those that are shown must be in order, and once.
  const inOrder = [...fateOf.keys()];
  const reached = ranShort(walk, reading)
    ? inOrder.slice(0, 1 + inOrder.findLastIndex((id) => own.includes(id)))
    : inOrder;
  const expected = reached.filter((id) => fateOf.get(id) === STABLE || own.includes(id));
  const what = difference(names(expected, scope), names(own, scope));
  if (what === undefined) return undefined;
  const touched = rows.filter(({ fate }) => fate !== STABLE);
  const fates = touched
    .map((row) => `${keyOf(idOf(table, row, scope), scope)} ${wordsOf(row.fate)}`)
    .join(', ');
  return {
    summary: `${about} ${what}. Meanwhile: ${fates === '' ? 'nothing' : fates}; the other rows were not changed.`,
    expected: sequence(names(expected, scope)),
    actual: sequence(names(own, scope)),
    marked: pages.map(({ record }) => record),
  };
}

function moves(fate: string): boolean {
  return fate !== STABLE && fate !== CREATED && fateNamed(fate).moves === true;
}

function names(ids: readonly string[], scope: Scope): string[] {
  return ids.map((id) => keyOf(id, scope));
}
