import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { badCursorsOf, cursorArgument, type BadCursor } from '../../harness/cases/badCursors.ts';
import { direct, saved } from '../../harness/cases/generate.ts';
import {
  listCases,
  readingFailure,
  readingsOf,
  readingTrial,
  tableNamed,
  walkOf,
  withoutLists,
  type ListCase,
} from '../../harness/cases/listCase.ts';
import { calls, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { isRetryable } from '../../harness/cases/refusals.ts';
import { literal } from '../../harness/judging/same.ts';
import {
  homeOf,
  idIn,
  keyOf,
  tablesOf,
  type ListKind,
  type CaseRow,
  type Table,
} from '../../harness/cases/tables.ts';

const MAX_LIMIT = 3;
/** A cursor from the scan of the same table, used in a list by time. */
const FOREIGN: BadCursor = { why: 'is one of the scan', text: '' };

interface Case extends ListCase {
  /** Indexes into the bad cursors of each list, modulo their number. */
  readonly bad: readonly number[];
}

const ASCII_KEYS = ['a|b', 'a|c', '|', 'a:b', ':', 'a=', '==', 'a/b', 'a+b', '%7C', '"', "'", '\\', 'a||b'];
const KEYS = [...ASCII_KEYS, 'é', '日本', '\u{1F600}', 'a b', 'ﬁ', '2030-01-01T00:00:00.000000Z|a', 'ß|'];

const rowsOf = (table: Table): fc.Arbitrary<CaseRow[]> =>
  fc.uniqueArray(
    fc.record({
      key: fc.constantFrom(...(table.asciiIds ? ASCII_KEYS : KEYS)),
      at: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
    }),
    { selector: ({ key }) => key, minLength: 2, maxLength: 5, size: 'max' },
  );

/**
 * Reads ids page by page that contain the characters of which cursors are made, and checks that cursors which no list
 * returned are refused.
 */
export const CUR_03: AnyProperty = property<Case>({
  clause: 'CUR-03',
  schedules: 'free',
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .tuple(
        listCases(subject, rowsOf, MAX_LIMIT),
        fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 12, size: 'max' }),
      )
      .map(([input, bad]) => ({ ...input, bad })),
  examples: (subject) => tablesOf(subject).map(everything),
  situations: (subject) =>
    tablesOf(subject).flatMap((table) =>
      table.lists.map((list, index) => ({
        name: `every cursor that ${list.title} did not give`,
        occurred: ({ input, main }) =>
          input.table === table.name &&
          main.records.length > 0 &&
          input.walks.some((walk) => walk.list === index) &&
          new Set(badOf(list, input)).size === knownOf(list).length,
      })),
    ),
  trial: (input, scope, subject) => {
    const table = tableNamed(input.table);
    const trial = readingTrial(input, scope, subject);
    const firsts = table.lists.map((list) => firstPage(list, scope));
    const tries = input.walks.flatMap((one) => badCalls(table, walkOf(table, one).list, input, scope));
    return {
      ...trial,
      actors: [{ instance: 0, steps: [...(trial.actors[0]?.steps ?? []), ...firsts, ...tries] }],
    };
  },
  judge: (run) => {
    for (const reading of readingsOf(run)) {
      const failure = readingFailure(reading, run.scope);
      if (failure !== undefined) return failure;
    }
    for (const one of run.input.walks) {
      const failure = accepted(run, walkOf(tableNamed(run.input.table), one).list);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
});

/** A page of one row. Its cursor is then damaged or used in another list. */
function firstPage(list: ListKind, scope: Scope): CallStep {
  return saved(firstOf(list), direct(list.method, { ...list.request(homeOf(scope)), limit: 1 }));
}

function firstOf(list: ListKind): string {
  return `first page of ${list.title}`;
}

/** Every key and every bad cursor, in every list. */
function everything(table: Table): Case {
  const keys = table.asciiIds ? ASCII_KEYS : KEYS;
  return {
    table: table.name,
    rows: keys.map((key, index) => ({ key, at: index % 2 })),
    walks: table.lists.map((_, list) => ({ list, limit: MAX_LIMIT })),
    bad: Array.from({ length: Math.max(...table.lists.map((list) => knownOf(list).length)) }, (_, at) => at),
  };
}

function knownOf(list: ListKind): readonly BadCursor[] {
  return list.by === 'time' ? [...badCursorsOf(list), FOREIGN] : badCursorsOf(list);
}

function badOf(list: ListKind, { bad }: Case): BadCursor[] {
  const known = knownOf(list);
  return bad.map((index) => known[index % known.length] as BadCursor);
}

function badCalls(table: Table, list: ListKind, input: Case, scope: Scope): CallStep[] {
  const scan = table.lists.find(({ by }) => by === 'id') ?? list;
  return badOf(list, input).map((bad, index) => {
    const cursor =
      bad === FOREIGN ? { $saved: firstOf(scan), path: 'nextCursor' } : cursorArgument(bad, firstOf(list));
    return saved(
      tryName(list, index),
      direct(list.method, { ...list.request(homeOf(scope)), limit: 10, cursor }),
    );
  });
}

function tryName(list: ListKind, index: number): string {
  return `${list.title}, try ${index + 1}`;
}

function accepted(run: TrialRun<Case>, list: ListKind): Failure | undefined {
  const { input, scope } = run;
  const table = tableNamed(input.table);
  const made = calls(run, list.method);
  const first = pageIn(valueOf(made.find(({ step }) => step.save === firstOf(list))?.record)).items[0];
  for (const [index, bad] of badOf(list, input).entries()) {
    const record = made.find(({ step }) => step.save === tryName(list, index))?.record;
    const came = record === undefined ? undefined : answerTo(record, idIn(table, first), table, scope);
    if (record === undefined || came === undefined) continue;
    if (bad.mayBeAnswered === true && record.outcome.status === 'ok') continue;
    const text = typeof bad.text === 'string' && bad !== FOREIGN ? ` (${literal(bad.text)})` : '';
    return {
      summary: `Reading ${list.title} with a cursor that ${bad.why}${text} ${came.what}.`,
      expected: bad.mayBeAnswered === true ? 'INVALID_CURSOR, or a page' : 'INVALID_CURSOR',
      actual: came.actual,
      marked: [record],
    };
  }
  return undefined;
}

/** Describes the answer that came instead of INVALID_CURSOR. `first` is the first id of the first page. */
function answerTo(
  record: StepRecord,
  first: string,
  table: Table,
  scope: Scope,
): { readonly what: string; readonly actual: string } | undefined {
  if (record.outcome.status === 'error') {
    const { error } = record.outcome;
    if (error.code === 'INVALID_CURSOR') return undefined;
    const forever = ', which asks the caller to retry forever';
    return {
      what: `failed with another error${isRetryable(error.code) ? forever : ''}`,
      actual: `${error.code ?? error.name}: ${error.message}`,
    };
  }
  const ids = pageIn(valueOf(record)).items.map((item) => idIn(table, item));
  const what = ids[0] === first ? 'was answered with the first page' : 'was answered';
  const begins = ids[0] === undefined ? '' : `, the first of them ${keyOf(ids[0], scope)}`;
  return { what, actual: `a page of ${ids.length} ${table.noun}${begins}` };
}
