/** Rows whose times are far apart. Every list must show them in order of time, and each time as it was stored. */
import fc from 'fast-check';
import {
  listCases,
  readingFailure,
  readingsOf,
  tableNamed,
  walkName,
  walkOf,
  type ListCase,
} from '../cases/listCase.ts';
import { tablesOf, type CaseRow, type Table } from '../cases/tables.ts';
import type { Failure, Scope, Subject, Trial, TrialRun } from '../engine/property.ts';
import { codeOf, observed, whoOf } from '../judging/observe.ts';
import { listed, pagesFor, walkSteps } from '../judging/pages.ts';
import { entriesFor } from '../vocabulary/vocabulary.ts';
import { MOMENTS } from '../vocabulary/moments.ts';
import type { Part } from './joined.ts';

const MAX_ROWS = 6;
const MAX_LIMIT = 3;

/** The order of the ids differs from the order of the times. */
function rowsFor(subject: Pick<Subject, 'omitted'>): CaseRow[] {
  return entriesFor(MOMENTS, subject).map(([, moment], index) => ({
    key: `${'hbfdaceg'.charAt(index % 8)}${index}`,
    at: 0,
    moment,
  }));
}

/** An adapter may refuse times that it cannot store. */
export const farTimes: Part<ListCase> = {
  applies: (subject) => tablesOf(subject).length > 0,
  arbitrary: (subject) =>
    listCases(
      subject,
      () => fc.shuffledSubarray(rowsFor(subject), { minLength: 2, maxLength: MAX_ROWS }),
      MAX_LIMIT,
    ),
  examples: (subject) => tablesOf(subject).map((table) => everyMoment(table, subject)),
  situations: (subject) => [
    ...Object.entries(MOMENTS.entries).map(([name, moment]) => ({
      name: `a list with a row of another time: ${name}`,
      occurred: (run: TrialRun<ListCase>) =>
        takenOf(run).some((row) => row.moment === moment) || isRefused(moment, run),
    })),
    ...tablesOf(subject).map(({ name, noun }) => ({
      name: `a list of ${noun} whose times are far from each other`,
      occurred: (run: TrialRun<ListCase>) => run.input.table === name && takenOf(run).length > 1,
    })),
  ],
  trial: farTrial,
  judge: (run) => refusedOtherwise(run) ?? readOtherwise(run),
};

function everyMoment({ name, lists }: Table, subject: Subject): ListCase {
  const walks = lists.map((_, list) => ({ list, limit: MAX_LIMIT }));
  return { table: name, rows: rowsFor(subject).reverse(), walks };
}

function farTrial(input: ListCase, scope: Scope): Trial {
  const table = tableNamed(input.table);
  const reads = input.walks.flatMap((one, index) => {
    const walk = walkOf(table, one);
    const count = listed(table, walk.list, input.rows, scope).length;
    return walkSteps(walk, walkName(index), pagesFor(walk.list, count, walk.limit), scope);
  });
  const stores = input.rows.map((row) => table.create(row, scope));
  return {
    actors: [{ instance: 0, steps: [...stores, ...reads] }],
    freshNamespace: true,
    leavesOtherIds: true,
  };
}

/** The answer to the creation of the row with this index. */
function answerTo(index: number, run: TrialRun<ListCase>): ReturnType<typeof observed>[number] | undefined {
  return observed(run).find(({ record }) => record.step === index);
}

/** The rows that were stored. */
function takenOf(run: TrialRun<ListCase>): CaseRow[] {
  return run.input.rows.filter((_, index) => answerTo(index, run)?.record.outcome.status === 'ok');
}

function isRefused(moment: string, run: TrialRun<ListCase>): boolean {
  const index = run.input.rows.findIndex((row) => row.moment === moment);
  const answer = answerTo(index, run);
  return answer !== undefined && codeOf(answer.record) === 'INVALID_RECORD';
}

function refusedOtherwise(run: TrialRun<ListCase>): Failure | undefined {
  const { noun, timeField } = tableNamed(run.input.table);
  for (const [index, { moment }] of run.input.rows.entries()) {
    const record = answerTo(index, run)?.record;
    const code = record === undefined ? undefined : codeOf(record);
    if (record === undefined || code === undefined || code === 'INVALID_RECORD') continue;
    return {
      summary: `Storing one of ${noun} with ${timeField} ${moment} failed with ${code === 'none' ? 'an error without a code' : code} (${whoOf(record)}).`,
      expected: 'it is stored, or INVALID_RECORD',
      actual: code,
      marked: [record],
    };
  }
  return undefined;
}

function readOtherwise(run: TrialRun<ListCase>): Failure | undefined {
  const stored = { ...run, input: { ...run.input, rows: takenOf(run) } };
  for (const reading of readingsOf(stored)) {
    const failure = readingFailure(reading, run.scope);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
