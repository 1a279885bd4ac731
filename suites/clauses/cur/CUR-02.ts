import fc from 'fast-check';
import {
  listCases,
  place,
  readingsOf,
  readingTrial,
  walkName,
  walkOf,
  tableNamed,
  withoutLists,
  type ListCase,
  type ListWalk,
  type Reading,
} from '../../harness/cases/listCase.ts';
import { MAX_PAGE_LIMIT } from '../../../adapters/contract/index.ts';
import { listed, pagesFor, ranShort, walkSteps, type Walk } from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type Trial,
} from '../../harness/engine/property.ts';
import { difference, sequence } from '../../harness/judging/sequences.ts';
import { atOnce, MANY_ROWS, PAGE_LIMITS } from '../../harness/vocabulary/limits.ts';
import {
  idOf,
  keyOf,
  tablesOf,
  type ListKind,
  type CaseRow,
  type Table,
} from '../../harness/cases/tables.ts';

const MAX_ROWS = 6;
/** Small, so that lists end on, before and after the end of a page, and some pages are not full. */
const MAX_LIMIT = 4;
/** An empty last page is allowed. One page more shows that the list does not end. */
const SPARE_PAGES = 2;

interface Case extends ListCase {
  /** Some walks read only one page: if it has no cursor, it must have shown everything. */
  readonly walks: readonly (ListWalk & { readonly firstOnly?: boolean })[];
  /** Whether the lists that trials share are also read to their end, in an empty namespace. */
  readonly toEnd: boolean;
}

/** Rare, because an empty namespace costs more than the rest of a trial. */
const toEnd = fc.oneof(
  { weight: 4, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);

const row: fc.Arbitrary<CaseRow> = fc
  .record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), at: fc.nat({ max: 3 }), place })
  .map(({ place, ...rest }) => ({ ...rest, ...place }));

const few: fc.Arbitrary<CaseRow[]> = fc.uniqueArray(row, {
  selector: ({ key }) => key,
  maxLength: MAX_ROWS,
  size: 'max',
});
const many: readonly CaseRow[] = Array.from({ length: MANY_ROWS }, (_, index) => ({
  key: `k${index}`,
  at: index,
}));

/**
 * Reads lists to their end. Every page that has a cursor must show something, nothing may be missing after the last
 * page, and the list must end. Each list is read once with one row more than the largest page holds, in page sizes
 * that exceed the usual limits of storages. A page may be shorter than requested, and the last page may be empty.
 */
export const CUR_02: AnyProperty = property<Case>({
  clause: 'CUR-02',
  slow: 6,
  schedules: 'free',
  inapplicable: withoutLists,
  arbitrary: (subject) =>
    fc
      .record({
        input: listCases(subject, () => few, MAX_LIMIT),
        more: fc.nat({ max: MAX_LIMIT - 2 }),
        toEnd,
      })
      .map(({ input, more, toEnd }) => ({
        ...input,
        walks: input.walks.flatMap((one) => readAgain(one, more)),
        toEnd,
      })),
  examples: (subject) => tablesOf(subject).map(manyRows),
  situations: (subject) =>
    tablesOf(subject).flatMap((table) =>
      table.lists.map((list, index) => ({
        name: `${list.title} with ${MANY_ROWS} rows, in pages of ${MAX_PAGE_LIMIT}`,
        occurred: ({ input }) =>
          input.table === table.name &&
          input.rows.length === MANY_ROWS &&
          input.walks.some(({ list: read, limit }) => read === index && limit === MAX_PAGE_LIMIT),
      })),
    ),
  trial: wholeTrial,
  judge: (run) => {
    for (const [index, reading] of readingsOf(run).entries()) {
      const isWhole = run.input.walks[index]?.firstOnly !== true || reading.walked.ended;
      const failure = isWhole
        ? endFailure(reading, endsHere(reading.walk.list, run.input), run.scope)
        : undefined;
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
});

/** Many rows, and every list of them in pages of every size. */
function manyRows({ name, lists }: Table): Case {
  const walks = lists.flatMap((_, list) =>
    PAGE_LIMITS.map((limit) => ({ list, limit, firstOnly: limit < MAX_PAGE_LIMIT })),
  );
  return { table: name, rows: many, walks, toEnd: true };
}

/** Reads the list again, in pages of another size. */
function readAgain(walk: ListWalk, more: number): ListWalk[] {
  return [walk, { ...walk, limit: 1 + ((walk.limit + more) % MAX_LIMIT) }];
}

/**
 * Requests one page more than needed of every list that is read to its end. The other lists are read as far as the
 * rows of this trial.
 */
function wholeTrial(input: Case, scope: Scope, subject: Subject): Trial {
  const table = tableNamed(input.table);
  const steps = input.walks.flatMap((one, index) => {
    const walk = walkOf(table, one);
    return walkSteps(walk, walkName(index), one.firstOnly === true ? 1 : pagesOf(walk, input, scope), scope);
  });
  const { setup = [] } = readingTrial(input, scope, subject);
  const calls = setup.filter((step) => step.do === 'call');
  return {
    // Store many rows at once, because one after another takes long.
    setup: input.rows.length === MANY_ROWS ? atOnce(calls) : setup,
    actors: [{ instance: 0, steps }],
    freshNamespace: input.toEnd,
  };
}

/**
 * How many pages to request. Pages may be shorter than requested: down to a single row, or down to half the size if
 * there are many rows.
 */
function pagesOf({ list, limit }: Walk, input: Case, scope: Scope): number {
  const count = listed(tableNamed(input.table), list, input.rows, scope).length;
  if (!endsHere(list, input)) return pagesFor(list, count, limit);
  return (input.rows.length === MANY_ROWS ? 2 * Math.ceil(count / limit) : count) + SPARE_PAGES;
}

function endsHere(list: ListKind, input: Case): boolean {
  return input.toEnd || !list.shared;
}

function endFailure(
  { table, walk, walked, expected, seen: own }: Reading,
  toEnd: boolean,
  scope: Scope,
): Failure | undefined {
  const about = `${walk.list.title} in pages of ${walk.limit}`;
  const wanted = expected.map((row) => keyOf(idOf(table, row, scope), scope));
  const seen = (toEnd ? walked.ids : own).map((id) => keyOf(id, scope));
  const marked = walked.pages.map(({ record }) => record);
  const facts = { expected: sequence(wanted), actual: pagesText(walked.pages, seen), marked };
  if (walked.failed?.outcome.status === 'error') {
    const { error } = walked.failed.outcome;
    return { ...facts, summary: `Reading ${about} failed: ${error.code ?? error.name}: ${error.message}` };
  }
  const idle = walked.pages.findIndex((page) => page.items.length === 0 && page.nextCursor !== undefined);
  if (idle >= 0) {
    return {
      ...facts,
      summary: `Page ${idle + 1} of ${about} is empty but has a cursor: it does not advance.`,
    };
  }
  const large = walked.pages.findIndex((page) => page.items.length > walk.limit);
  if (large >= 0) {
    return {
      ...facts,
      summary: `Page ${large + 1} of ${about} shows ${walked.pages[large]?.items.length} items.`,
    };
  }
  const what = difference(wanted, seen);
  // With many rows, fewer pages are requested than short pages would need.
  const isShort = expected.length > MAX_ROWS && ranShort(walk, walked);
  if (what === undefined && (walked.ended || !toEnd || isShort)) return undefined;
  if (toEnd && !walked.ended) {
    const more = what === undefined ? 'showed everything' : what;
    return {
      ...facts,
      summary: `Reading ${about} ${more}, and after ${walked.pages.length} pages it had not ended.`,
    };
  }
  const isPrefix = seen.every((name, index) => name === wanted[index]);
  const early = isPrefix ? ' Its last page came too early.' : '';
  return { ...facts, summary: `Reading ${about} ${what}.${early}` };
}

/** For example `a b | c d | e`: a bar marks the end of a page. */
function pagesText(pages: Reading['walked']['pages'], seen: readonly string[]): string {
  let from = 0;
  const parts = pages.map(({ items }) => {
    const part = seen.slice(from, from + items.length);
    from += items.length;
    return sequence(part);
  });
  return `${parts.join(' | ')}${pages.at(-1)?.nextCursor === undefined ? '' : ' | …'}`;
}
