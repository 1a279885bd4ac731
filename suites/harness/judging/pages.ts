/** Reads a list page by page (a walk), and reports what the walk saw. */
import { compareIds, compareTimestamps } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, saved } from '../cases/generate.ts';
import type { Scope } from '../engine/property.ts';
import { homeOf, idIn, idOf, timeOf, type ListKind, type CaseRow, type Table } from '../cases/tables.ts';

/** The list to read, and the size of its pages. */
export interface Walk {
  readonly list: ListKind;
  readonly limit: number;
}

/** One page of a walk: the index of its step, and its content. */
export interface WalkedPage {
  readonly record: StepRecord;
  readonly items: readonly unknown[];
  readonly nextCursor: string | undefined;
}

export interface Walked {
  /** In order. Pages after the last one are not read, so they are not included. */
  readonly pages: readonly WalkedPage[];
  /** The page that failed, if any. */
  readonly failed: StepRecord | undefined;
  /** The ids of all pages. */
  readonly ids: readonly string[];
  /** Whether the last page read had no cursor. */
  readonly ended: boolean;
}

/** Steps that read at most `pages` pages, one after another. `name` distinguishes walks of one actor. */
export function walkSteps(walk: Walk, name: string, pages: number, scope: Scope): CallStep[] {
  return Array.from({ length: pages }, (_, index) => pageStep(walk, name, index, scope));
}

/** The step for the page with this number, from 0. It is skipped if the previous page was the last. */
function pageStep({ list, limit }: Walk, name: string, index: number, scope: Scope): CallStep {
  const request = { ...list.request(homeOf(scope)), limit };
  const cursor = index === 0 ? {} : { cursor: { $saved: pageName(name, index - 1), path: 'nextCursor' } };
  return saved(pageName(name, index), direct(list.method, { ...request, ...cursor }));
}

function pageName(name: string, index: number): string {
  return `${name} page ${index + 1}`;
}

/** What the walk called `name` saw, from the records of the actor with these steps. */
export function walked(
  table: Table,
  name: string,
  steps: readonly Step[],
  records: readonly StepRecord[],
): Walked {
  const pages: WalkedPage[] = [];
  let failed: StepRecord | undefined;
  // If the section's callback ran again, it also read again.
  const attempt = Math.max(...records.map((record) => record.attempt));
  for (const record of [...records].sort((a, b) => a.step - b.step)) {
    const step = steps[record.step];
    if (step?.do !== 'call' || step.save?.startsWith(`${name} page `) !== true) continue;
    if (record.section !== undefined && record.attempt < attempt) continue;
    if (record.outcome.status === 'error') failed ??= record;
    if (record.outcome.status === 'ok') pages.push({ record, ...pageIn(record.outcome.value) });
  }
  const ids = pages.flatMap(({ items }) => items.map((item) => idIn(table, item)));
  const last = pages.at(-1);
  return { pages, failed, ids, ended: last !== undefined && last.nextCursor === undefined };
}

/** The parts of a page in whatever the adapter returned. */
export function pageIn(value: unknown): Pick<WalkedPage, 'items' | 'nextCursor'> {
  const { items, nextCursor } = (value ?? {}) as { readonly items?: unknown; readonly nextCursor?: unknown };
  return {
    items: Array.isArray(items) ? (items as unknown[]) : [],
    nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined,
  };
}

/** The rows that `list` must show, in its order. */
export function listed(table: Table, list: ListKind, rows: readonly CaseRow[], scope: Scope): CaseRow[] {
  const shown = rows
    .filter((row) => !list.homeOnly || row.away !== true)
    .map((row) => ({ row, id: idOf(table, row, scope), time: timeOf(table, row, scope) }));
  const direction = list.latestFirst ? -1 : 1;
  shown.sort((a, b) => {
    const byTime = list.by === 'id' ? 0 : compareTimestamps(a.time, b.time);
    return direction * (byTime || compareIds(a.id, b.id));
  });
  return shown.map(({ row }) => row);
}

/**
 * Whether too few pages were read because some were shorter than requested, which is allowed. Then rows at the end may
 * be missing.
 */
export function ranShort({ limit }: Walk, { pages, ended }: Walked): boolean {
  return !ended && pages.some(({ items, nextCursor }) => nextCursor !== undefined && items.length < limit);
}

/**
 * How many pages to read to pass the first `count` rows of the list. Pages may be shorter than requested. If the list
 * continues with rows of other trials, no more pages are read than full pages would need.
 */
export function pagesFor(list: ListKind, count: number, limit: number): number {
  return 1 + (list.shared ? Math.floor(count / limit) : count);
}
