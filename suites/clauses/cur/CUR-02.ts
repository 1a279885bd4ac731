import fc from 'fast-check';
import {
  listCases,
  readingsOf,
  readingTrial,
  walkName,
  walkOf,
  tableNamed,
  withoutLists,
  type ListCase,
  type Reading,
} from '../../harness/listCase.ts';
import { listed, walkSteps } from '../../harness/pages.ts';
import { property, type AnyProperty, type Failure, type Scope, type Trial } from '../../harness/property.ts';
import { difference, sequence } from '../../harness/sequences.ts';
import { idOf, keyOf, type Row } from '../../harness/tables.ts';

const MAX_ROWS = 6;
/** Up to one more than there are rows, so that ends on, before and behind the end of a page all come up. */
const MAX_LIMIT = MAX_ROWS + 1;
/** An empty last page is allowed; one more shows that the list goes on forever. */
const SPARE_PAGES = 2;

const rows: fc.Arbitrary<Row[]> = fc.uniqueArray(
  fc.record(
    {
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
      at: fc.nat({ max: 3 }),
      away: fc.constant(true),
    },
    { requiredKeys: ['key', 'at'] },
  ),
  { selector: ({ key }) => key, maxLength: MAX_ROWS, size: 'max' },
);

/**
 * Lists are read to their end. Every page that has a cursor shows something, behind the last page nothing is missing,
 * and the end comes. A page may be shorter than asked for, and the last one may be empty.
 */
export const CUR_02: AnyProperty = property<ListCase>({
  clause: 'CUR-02',
  schedules: 'free',
  inapplicable: withoutLists,
  arbitrary: (subject) => listCases(subject, () => rows, MAX_LIMIT),
  trial: wholeTrial,
  judge: (run) => {
    for (const reading of readingsOf(run)) {
      const failure = endFailure(reading, run.scope);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
});

/** Like readingTrial, but lists that trials share are read in an empty namespace, to their real end. */
function wholeTrial(input: ListCase, scope: Scope): Trial {
  const table = tableNamed(input.table);
  const steps = input.walks.flatMap((one, index) => {
    const walk = walkOf(table, one);
    const count = listed(table, walk.list, input.rows, scope).length;
    return walkSteps(walk, walkName(index), Math.ceil(count / walk.limit) + SPARE_PAGES, scope);
  });
  const shared = input.walks.some((one) => walkOf(table, one).list.shared);
  return { ...readingTrial(input, scope), actors: [{ instance: 0, steps }], freshNamespace: shared };
}

function endFailure({ table, walk, walked, expected }: Reading, scope: Scope): Failure | undefined {
  const about = `${walk.list.title} in pages of ${walk.limit}`;
  const wanted = expected.map((row) => keyOf(idOf(table, row, scope), scope));
  const seen = walked.ids.map((id) => keyOf(id, scope));
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
      summary: `Page ${idle + 1} of ${about} shows nothing, yet has a cursor: it does not advance.`,
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
  if (what === undefined && walked.ended) return undefined;
  if (!walked.ended) {
    const more = what === undefined ? 'showed everything' : what;
    return {
      ...facts,
      summary: `Reading ${about} ${more}, and after ${walked.pages.length} pages it had not ended.`,
    };
  }
  return { ...facts, summary: `Reading ${about} ended too early or went wrong: it ${what}.` };
}

/** `a b | c d | e`, where bars end pages. */
function pagesText(pages: Reading['walked']['pages'], seen: readonly string[]): string {
  let from = 0;
  const parts = pages.map(({ items }) => {
    const part = seen.slice(from, from + items.length).join(' ');
    from += items.length;
    return part === '' ? '(empty)' : part;
  });
  return `${parts.join(' | ')}${pages.at(-1)?.nextCursor === undefined ? '' : ' | …'}`;
}
