import fc from 'fast-check';
import { STREAM_STATUSES, type StreamStatus } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, saved, streamOf } from '../../harness/cases/generate.ts';
import { tableNamed } from '../../harness/cases/listCase.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { difference, sequence } from '../../harness/judging/sequences.ts';
import { keyOf, timeOf } from '../../harness/cases/tables.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
/**
 * Two pages of this size are read of each list. All streams of a trial fit into them, and they are first in their
 * lists.
 */
const LIMIT = 3;

interface Change {
  readonly stream: number;
  /** The new status. Undefined: the stream is deleted, or stored again if it was deleted before. */
  readonly status: StreamStatus | undefined;
  readonly inSection: boolean;
}

interface Case {
  /** The statuses with which the streams are stored. */
  readonly stored: readonly StreamStatus[];
  readonly changes: readonly Change[];
}

// Mostly few statuses, so that several streams have the same one.
const status = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...STREAM_STATUSES.slice(0, 4)) },
  { weight: 1, arbitrary: fc.constantFrom(...STREAM_STATUSES) },
);
const change: fc.Arbitrary<Change> = fc.record({
  stream: fc.nat({ max: NAMES.length - 1 }),
  status: fc.oneof({ weight: 4, arbitrary: status }, { weight: 1, arbitrary: fc.constant(undefined) }),
  inSection: fc.boolean(),
});

/**
 * Streams change from each status to the next one in every way: by put, outside sections and in a section, and by
 * delete and create.
 */
function examplesFor(): Case[] {
  return STREAM_STATUSES.map((from, turn) => {
    const to = STREAM_STATUSES[(turn + 1) % STREAM_STATUSES.length] as StreamStatus;
    const isOdd = turn % 2 === 1;
    const into = (stream: number, inSection: boolean): Change => ({ stream, status: to, inSection });
    const away = (stream: number, inSection: boolean): Change => ({ stream, status: undefined, inSection });
    return {
      stored: NAMES.map(() => from),
      changes: [
        into(0, isOdd),
        into(1, !isOdd),
        away(2, isOdd),
        into(2, isOdd),
        // Four of them fill more than one page.
        isOdd ? away(3, false) : into(3, true),
      ],
    };
  });
}

/** Changes of a stream after which an index of statuses could be stale. */
function situationsFor({ surfaces }: Subject): Situation<Case>[] {
  const told = (name: string, isOf: (change: Played, run: TrialRun<Case>) => boolean): Situation<Case> => ({
    name,
    occurred: (run) => playedIn(run).some((change) => isOf(change, run)),
  });
  const wasPut = ({ before, after }: Played): boolean => before !== undefined && after !== undefined;
  return [
    ...STREAM_STATUSES.map((status) =>
      told(
        `a stream that became ${status}, in the list of those`,
        (change, run) => wasPut(change) && change.before !== status && isListed(change, status, run),
      ),
    ),
    ...STREAM_STATUSES.map((status) =>
      told(
        `a stream that was no longer ${status}`,
        ({ before, after }) => before === status && after !== status,
      ),
    ),
    told('a stream that was deleted', ({ after }) => after === undefined),
    told(
      'a stream that was deleted and stored again with another status',
      ({ before, after, earlier }) => before === undefined && after !== undefined && after !== earlier,
    ),
    ...(surfaces.includes('locks')
      ? [
          told(
            'a stream whose status changed under its lock',
            (change) => wasPut(change) && change.inSection && change.before !== change.after,
          ),
        ]
      : []),
    {
      name: 'a list by status with a stream on its second page',
      occurred: (run) =>
        run.finale.some(
          ({ step, outcome }) =>
            step % 2 === 1 &&
            step < 2 * STREAM_STATUSES.length &&
            outcome.status === 'ok' &&
            pageIn(outcome.value).items.some((item) => isOwn(item as Listed, run.scope)),
        ),
    },
  ];
}

/** A change with the status before and after it. Undefined: the stream does not exist. */
interface Played {
  readonly stream: number;
  readonly inSection: boolean;
  readonly before: StreamStatus | undefined;
  readonly after: StreamStatus | undefined;
  /** The last status that the stream has had. It may be deleted now. */
  readonly earlier: StreamStatus | undefined;
}

/** The changes of a trial, if all of them succeeded. */
function playedIn({ input, main }: TrialRun<Case>): Played[] {
  if (main.records.some(({ outcome }) => outcome.status !== 'ok')) return [];
  const statuses = new Map<number, StreamStatus | undefined>(input.stored.entries());
  const latest = new Map(input.stored.entries());
  const changes: Played[] = [];
  play(input, ({ stream, status, inSection }) => {
    const before = statuses.get(stream);
    changes.push({ stream, inSection, before, after: status, earlier: latest.get(stream) });
    statuses.set(stream, status);
    if (status !== undefined) latest.set(stream, status);
  });
  return changes;
}

function isListed({ stream }: Played, status: StreamStatus, { finale, scope }: TrialRun<Case>): boolean {
  const id = scope.id(NAMES[stream] as string);
  return finale.some(
    ({ step, outcome }) =>
      Math.floor(step / 2) === STREAM_STATUSES.indexOf(status) &&
      outcome.status === 'ok' &&
      pageIn(outcome.value).items.some((item) => (item as Listed).id === id),
  );
}

/**
 * Streams are stored, change their status, outside sections and under the lock, and are deleted. Then every status is
 * listed.
 */
export const STREAM_10: AnyProperty = property<Case>({
  clause: 'STREAM-10',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      stored: fc.array(status, { minLength: 1, maxLength: NAMES.length, size: 'max' }),
      changes: fc.array(change, { maxLength: 5, size: 'max' }),
    }),
  examples: examplesFor,
  trial: (input, scope, { surfaces }) => ({
    setup: input.stored.map((status, index) => direct('streams.create', recordOf(index, status, scope))),
    actors: [{ instance: 0, steps: changesOf(input, scope, surfaces.includes('locks')) }],
    finale: [...STREAM_STATUSES, undefined].flatMap((status) => listSteps(status)),
  }),
  judge: wrongList,
  situations: situationsFor,
});

function recordOf(index: number, status: StreamStatus, scope: Scope): ReturnType<typeof streamOf> {
  const key = NAMES[index] as string;
  return streamOf(scope.id(key), {
    status,
    createdAt: timeOf(tableNamed('streams'), { key, at: index }, scope),
  });
}

/** The status of each stream after the changes, and the calls for each change. */
function play(
  { stored, changes }: Case,
  call: (change: Change, exists: boolean) => void,
): Map<number, StreamStatus> {
  const statuses = new Map(stored.entries());
  for (const one of changes) {
    const change = { ...one, stream: one.stream % stored.length };
    const exists = statuses.has(change.stream);
    call(change, exists);
    if (change.status !== undefined) statuses.set(change.stream, change.status);
    else if (exists) statuses.delete(change.stream);
  }
  return statuses;
}

function changesOf(input: Case, scope: Scope, hasLocks: boolean): Step[] {
  const steps: Step[] = [];
  play(input, ({ stream, status, inSection }, exists) => {
    const id = scope.id(NAMES[stream] as string);
    const call = changeCall(id, stream, status, exists, scope);
    if (call === undefined) return;
    steps.push(...(inSection && hasLocks ? [enter(id), { ...call, via: 'view' } as const, leave] : [call]));
  });
  return steps;
}

function changeCall(
  id: string,
  stream: number,
  status: StreamStatus | undefined,
  exists: boolean,
  scope: Scope,
): CallStep | undefined {
  if (status === undefined) return exists ? direct('streams.delete', id) : undefined;
  return direct(exists ? 'streams.put' : 'streams.create', recordOf(stream, status, scope));
}

function listSteps(status: StreamStatus | undefined): CallStep[] {
  const request = { ...defined({ status }), limit: LIMIT };
  const first = `first of ${status}`;
  return [
    saved(first, direct('streams.list', request)),
    direct('streams.list', { ...request, cursor: { $saved: first, path: 'nextCursor' } }),
  ];
}

function wrongList(run: TrialRun<Case>): Failure | undefined {
  const { input, main, finale, scope } = run;
  const broken = main.records.find(({ outcome }) => outcome.status === 'error');
  if (broken?.outcome.status === 'error') {
    const { code, name, message } = broken.outcome.error;
    return {
      summary: `A plain change failed: ${code ?? name}: ${message}`,
      expected: 'it succeeds',
      actual: code ?? name,
      marked: [broken],
    };
  }
  const statuses = play(input, () => undefined);
  for (const [index, status] of [...STREAM_STATUSES, undefined].entries()) {
    const pages = finale.filter(({ step }) => Math.floor(step / 2) === index);
    const items = pages.flatMap(({ outcome }) =>
      outcome.status === 'ok' ? pageIn(outcome.value).items : [],
    ) as readonly Listed[];
    // Streams of other trials come later in the list that they share.
    const own = items.filter((item) => isOwn(item, scope));
    const expected = [...statuses]
      .filter(([, one]) => status === undefined || one === status)
      .map(([stream]) => stream);
    const all = expected.sort((a, b) => a - b).map((stream) => NAMES[stream] as string);
    const seen = own.map(({ id }) => keyOf(id, scope));
    // Pages may be shorter than requested. Then two pages do not show everything.
    const wanted = pages.some(isShort) ? all.slice(0, Math.max(1, seen.length)) : all;
    const what = difference(wanted, seen);
    const list = status === undefined ? 'the list of all streams' : `the list of ${status} streams`;
    const alien = items.find((item) => status !== undefined && item.status !== status);
    if (what !== undefined)
      return {
        summary: `After the changes ${list} ${what}.`,
        expected: sequence(wanted),
        actual: sequence(seen),
        marked: pages,
      };
    if (alien !== undefined)
      return {
        summary: `After the changes ${list} shows a stream (${keyOf(alien.id, scope)}) as ${alien.status}.`,
        expected: String(status),
        actual: alien.status,
        marked: pages,
      };
  }
  return undefined;
}

function isOwn({ id }: Listed, scope: Scope): boolean {
  return NAMES.some((name) => id === scope.id(name));
}

function isShort({ outcome }: StepRecord): boolean {
  const { items, nextCursor } = pageIn(outcome.status === 'ok' ? outcome.value : undefined);
  return nextCursor !== undefined && items.length < LIMIT;
}

interface Listed {
  readonly id: string;
  readonly status: string;
}
