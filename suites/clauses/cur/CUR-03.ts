import fc from 'fast-check';
import type { CallStep, StepRecord } from '../../../scenarios/host/program.ts';
import { badCursorsOf, cursorArgument, type BadCursor } from '../../harness/badCursors.ts';
import { direct, saved } from '../../harness/generate.ts';
import {
  listCases,
  readingFailure,
  readingsOf,
  readingTrial,
  tableNamed,
  walkOf,
  withoutLists,
  type ListCase,
} from '../../harness/listCase.ts';
import { pageIn } from '../../harness/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';
import { sequence } from '../../harness/sequences.ts';
import { homeOf, idIn, keyOf, type Row, type Table } from '../../harness/tables.ts';

const MAX_LIMIT = 3;
const PAGE = 'first page';
/** The cursor of the same table's scan, in a list by time. */
const FOREIGN: BadCursor = { why: 'is one of the scan', text: '' };
const SCAN_PAGE = 'first page of the scan';

interface Case extends ListCase {
  /** Indexes into the bad cursors of the list; one too far stands for the foreign one. */
  readonly bad: readonly number[];
}

const ASCII_KEYS = ['a|b', 'a|c', '|', 'a:b', ':', 'a=', '==', 'a/b', 'a+b', '%7C', '"', "'", '\\', 'a||b'];
const KEYS = [...ASCII_KEYS, 'é', '日本', '\u{1F600}', 'a b', 'ﬁ', '2030-01-01T00:00:00.000000Z|a', 'ß|'];

const rowsOf = (table: Table): fc.Arbitrary<Row[]> =>
  fc.uniqueArray(
    fc.record({
      key: fc.constantFrom(...(table.asciiIds ? ASCII_KEYS : KEYS)),
      at: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
    }),
    { selector: ({ key }) => key, minLength: 2, maxLength: 5, size: 'max' },
  );

/** Ids that hold the characters that cursors are made of are read page by page, and cursors no list gave are refused. */
export const CUR_03: AnyProperty = property<Case>({
  clause: 'CUR-03',
  schedules: 'free',
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .tuple(
        listCases(subject, rowsOf, MAX_LIMIT),
        fc.array(fc.nat({ max: 99 }), { minLength: 3, maxLength: 8, size: 'max' }),
      )
      .map(([input, bad]) => ({ ...input, walks: input.walks.slice(0, 1), bad })),
  trial: (input, scope) => {
    const trial = readingTrial(input, scope);
    const steps = [...(trial.actors[0]?.steps ?? []), ...firstPages(input, scope)];
    return { ...trial, actors: [{ instance: 0, steps: [...steps, ...badCalls(input, scope)] }] };
  },
  judge: (run) => {
    for (const reading of readingsOf(run)) {
      const failure = readingFailure(reading, run.scope);
      if (failure !== undefined) return failure;
    }
    return accepted(run);
  },
});

function badOf(input: Case): BadCursor[] {
  const table = tableNamed(input.table);
  const { list } = walkOf(table, input.walks[0] ?? { list: 0, limit: 1 });
  const known = list.by === 'time' ? [...badCursorsOf(list), FOREIGN] : badCursorsOf(list);
  return input.bad.map((index) => known[index % known.length] as BadCursor);
}

/** Pages of one row, whose cursors are damaged or taken elsewhere. */
function firstPages(input: Case, scope: Scope): CallStep[] {
  const table = tableNamed(input.table);
  const { list } = walkOf(table, input.walks[0] ?? { list: 0, limit: 1 });
  const scan = table.lists.find(({ by }) => by === 'id') ?? list;
  return [
    saved(PAGE, direct(list.method, { ...list.request(homeOf(scope)), limit: 1 })),
    saved(SCAN_PAGE, direct(scan.method, { limit: 1 })),
  ];
}

function badCalls(input: Case, scope: Scope): CallStep[] {
  const table = tableNamed(input.table);
  const { list } = walkOf(table, input.walks[0] ?? { list: 0, limit: 1 });
  return badOf(input).map((bad) => {
    const cursor = bad === FOREIGN ? { $saved: SCAN_PAGE, path: 'nextCursor' } : cursorArgument(bad, PAGE);
    return direct(list.method, { ...list.request(homeOf(scope)), limit: 10, cursor });
  });
}

function accepted({ input, trial, main, scope }: TrialRun<Case>): Failure | undefined {
  const table = tableNamed(input.table);
  const { list } = walkOf(table, input.walks[0] ?? { list: 0, limit: 1 });
  const bad = badOf(input);
  const first = (trial.actors[0]?.steps.length ?? 0) - bad.length;
  for (const record of [...main.records].sort((a, b) => a.step - b.step)) {
    const one = bad[record.step - first];
    if (one === undefined || record.step < first) continue;
    const came = answerTo(record, table, scope);
    if (came === undefined) continue;
    const text = typeof one.text === 'string' && one !== FOREIGN ? ` (${JSON.stringify(one.text)})` : '';
    return {
      summary: `Reading ${list.title} with a cursor that ${one.why}${text} ${came.what}.`,
      expected: 'INVALID_CURSOR',
      actual: came.actual,
      marked: [record],
    };
  }
  return undefined;
}

/** What came instead of INVALID_CURSOR. */
function answerTo(
  record: StepRecord,
  table: Table,
  scope: Scope,
): { readonly what: string; readonly actual: string } | undefined {
  if (record.outcome.status === 'skipped') return undefined;
  if (record.outcome.status === 'error') {
    const { error } = record.outcome;
    if (error.code === 'INVALID_CURSOR') return undefined;
    return { what: 'failed with another error', actual: `${error.code ?? error.name}: ${error.message}` };
  }
  const ids = pageIn(record.outcome.value).items.map((item) => keyOf(idIn(table, item), scope));
  return { what: 'was answered with a page', actual: `a page with ${sequence(ids)}` };
}
