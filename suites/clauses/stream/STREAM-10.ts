import fc from 'fast-check';
import { STREAM_STATUSES, type StreamStatus } from '../../../adapters/contract/index.ts';
import type { CallStep, Step, StepRecord } from '../../../scenarios/host/program.ts';
import { direct, enter, leave, saved, streamOf } from '../../harness/generate.ts';
import { tableNamed } from '../../harness/listCase.ts';
import { pageIn } from '../../harness/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';
import { difference, sequence } from '../../harness/sequences.ts';
import { keyOf, timeOf } from '../../harness/tables.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
/** Two pages are read of each list: all streams of a trial, which are the first in theirs, fit in. */
const LIMIT = 3;

interface Change {
  readonly stream: number;
  /** `undefined`: it is deleted, or stored anew if it had been. */
  readonly status: StreamStatus | undefined;
  readonly inSection: boolean;
}

interface Case {
  /** Statuses with which the streams are stored. */
  readonly stored: readonly StreamStatus[];
  readonly changes: readonly Change[];
}

// Few statuses, so that streams share them.
const status = fc.constantFrom(...STREAM_STATUSES.slice(0, 4));
const change: fc.Arbitrary<Change> = fc.record({
  stream: fc.nat({ max: NAMES.length - 1 }),
  status: fc.oneof({ weight: 4, arbitrary: status }, { weight: 1, arbitrary: fc.constant(undefined) }),
  inSection: fc.boolean(),
});

/** Streams are stored, change their status, plainly and under the lock, and are deleted; then every status is listed. */
export const STREAM_10: AnyProperty = property<Case>({
  clause: 'STREAM-10',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      stored: fc.array(status, { minLength: 1, maxLength: NAMES.length, size: 'max' }),
      changes: fc.array(change, { maxLength: 5, size: 'max' }),
    }),
  trial: (input, scope, { surfaces }) => ({
    setup: input.stored.map((status, index) => direct('streams.create', recordOf(index, status, scope))),
    actors: [{ instance: 0, steps: changesOf(input, scope, surfaces.includes('locks')) }],
    finale: [...STREAM_STATUSES, undefined].flatMap((status) => listSteps(status)),
  }),
  judge: wrongList,
});

function recordOf(index: number, status: StreamStatus, scope: Scope): ReturnType<typeof streamOf> {
  const key = NAMES[index] as string;
  return streamOf(scope.id(key), {
    status,
    createdAt: timeOf(tableNamed('streams'), { key, at: index }, scope),
  });
}

/** The statuses after the changes, by the streams' indexes; and what is called for each change. */
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
  const request = { ...(status === undefined ? {} : { status }), limit: LIMIT };
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
    // Streams of other trials come behind, in the list that they share.
    const own = items.filter(({ id }) => NAMES.some((name) => id === scope.id(name)));
    const expected = [...statuses]
      .filter(([, one]) => status === undefined || one === status)
      .map(([stream]) => stream);
    const all = expected.sort((a, b) => a - b).map((stream) => NAMES[stream] as string);
    const seen = own.map(({ id }) => keyOf(id, scope));
    // Pages may be shorter than asked for: then two do not show everything.
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

function isShort({ outcome }: StepRecord): boolean {
  const { items, nextCursor } = pageIn(outcome.status === 'ok' ? outcome.value : undefined);
  return nextCursor !== undefined && items.length < LIMIT;
}

interface Listed {
  readonly id: string;
  readonly status: string;
}
