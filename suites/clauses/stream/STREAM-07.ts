import fc from 'fast-check';
import type { Json, NewStream } from '../../../adapters/contract/index.ts';
import type { CallStep, Method, Step, StepRecord } from '../../../scenarios/host/program.ts';
import { answeredOtherwise } from '../../harness/answered.ts';
import { direct, edited, enter, leave, saved, streamOf, view } from '../../harness/generate.ts';
import { tableNamed } from '../../harness/listCase.ts';
import { valueOf } from '../../harness/observe.ts';
import { pageIn } from '../../harness/pages.ts';
import { planned, stepsOf, unexpectedError, unplanned, type Planned } from '../../harness/plan.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
} from '../../harness/property.ts';
import { jobOf, PAST, replayOf } from '../../harness/records.ts';
import { firstDifference, literal } from '../../harness/same.ts';
import { timeOf } from '../../harness/tables.ts';

const LIST = direct('streams.list', { status: 'active', limit: 1 });
const SCAN = direct('streams.scan', { limit: 1 });

/** Where the caller got, or left, the object that it then changes in place. */
const HANDLES = [
  'what create was given',
  'what create returned',
  'what get returned',
  'what put returned',
  'what put was given',
  'an item of a list',
  'an item of a scan',
  'what get returned through the view',
  'what put was given through the view',
] as const;
type Handle = (typeof HANDLES)[number];

/** Fields that may be null, be absent, or hold something. */
interface Optional {
  readonly withdrawal: Json | undefined;
  readonly further: Json | undefined;
  readonly nextAction: string | undefined;
  readonly settlementTxHash: string | undefined;
}

/** Fields of a user, none of which may be null. */
interface Contact {
  readonly displayName: string | undefined;
  readonly email: string | undefined;
}

interface Case {
  readonly created: Optional;
  /** What replaces it, and whether it says when the stream was created, which must not be needed. */
  readonly put: Optional;
  readonly givesTime: boolean;
  readonly handle: Handle;
  /** Which store is asked for an id that it does not have. */
  readonly unknown: 'streams' | 'users' | 'idempotency' | 'jobs';
  /** What a user is first, and what replaces it. */
  readonly user: readonly [Contact, Contact];
}

const present: fc.Arbitrary<Json | undefined> = fc.constantFrom<(Json | undefined)[]>(
  undefined,
  null,
  { at: null },
  [null],
  { at: 'noon', parts: [{ n: 1 }] },
);
const text = fc.constantFrom(undefined, 'pay');
const optional: fc.Arbitrary<Optional> = fc.record({
  withdrawal: present,
  further: present,
  nextAction: text,
  settlementTxHash: text,
});
const contact: fc.Arbitrary<Contact> = fc.record({ displayName: text, email: text });

/**
 * A stream with absent and null fields is stored and read; then the caller changes, in place, an object that it got
 * from the adapter or gave to it. What is stored stays as it was. Then it is replaced: fields that the new record lacks
 * are gone, but for the time of creation, and the time of the update is new. Deleted and created anew it has nothing of
 * before. Each write answers with what is then read. An id under which nothing is stored reads as undefined, and deleting
 * says whether there was something.
 */
export const STREAM_07: AnyProperty = property<Case>({
  clause: 'STREAM-07',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      created: optional,
      put: optional,
      givesTime: fc.boolean(),
      handle: fc.constantFrom(...HANDLES),
      unknown: fc.constantFrom('streams', 'users', 'idempotency', 'jobs'),
      user: fc.tuple(contact, contact),
    }),
  trial: (input, scope, subject) => ({
    actors: [{ instance: 0, steps: stepsOf(planOf(input, scope, subject)) }],
  }),
  judge: ({ input, main, scope, subject }) => unplanned(planOf(input, scope, subject), main.records),
});

function planOf(input: Case, scope: Scope, subject: Subject): Planned[] {
  const id = scope.id('s1');
  // Later trials sort first, so that the stream is the first of its list.
  const createdAt = timeOf(tableNamed('streams'), { key: 's1', at: 0 }, scope);
  const stream = streamOf(id, { createdAt, updatedAt: PAST, ...given(input.created) });
  const next = streamOf(id, { createdAt, ...given(input.put) });
  const { createdAt: _time, ...timeless } = next;
  const bare = streamOf(id, { createdAt });
  const same = (expected: object, when: string) => (record: StepRecord) =>
    otherThan(record, expected, 'the stream', when);
  const asAnswered =
    (method: Method, expected: object, when: string): Planned['check'] =>
    (record, write) =>
      otherThan(record, expected, 'the stream', when) ?? answered(method, write, record);
  const get = direct('streams.get', id);
  const changed = `a caller changed ${input.handle}`;
  return [
    ...unknownId(input.unknown, scope, subject),
    planned(saved('create', createOf(stream, input.handle)), same(stream, 'it was created')),
    planned(saved('get', get), asAnswered('streams.create', stream, 'it was created')),
    ...misusePlan(input.handle, id, subject),
    planned(get, same(stream, changed)),
    planned(LIST, shownFirst(same(stream, changed))),
    planned(SCAN, shownFirst(same(stream, changed))),
    planned(direct('streams.put', input.givesTime ? next : timeless), same(next, 'it was replaced')),
    planned(get, asAnswered('streams.put', next, 'it was replaced')),
    planned(LIST, shownFirst(same(next, 'it was replaced'))),
    planned(SCAN, shownFirst(same(next, 'it was replaced'))),
    planned(direct('streams.delete', id)),
    planned(direct('streams.create', bare)),
    planned(get, asAnswered('streams.create', bare, 'it was deleted and created anew')),
    ...userPlan(input.user, createdAt, scope, subject),
  ];
}

function createOf(stream: NewStream, handle: Handle): CallStep {
  const create = direct('streams.create', stream);
  return handle === 'what create was given' ? edited(create) : create;
}

/** The fields that hold something, null too. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function userPlan(
  [first, second]: Case['user'],
  createdAt: string,
  scope: Scope,
  subject: Subject,
): Planned[] {
  if (!subject.surfaces.includes('users')) return [];
  const walletAddress = scope.id('u1');
  const expected = { walletAddress, createdAt, ...given(second) };
  const get = direct('users.get', walletAddress);
  const same = (record: StepRecord) => otherThan(record, expected, 'the user', 'it was replaced');
  return [
    planned(direct('users.put', { walletAddress, createdAt, updatedAt: PAST, ...given(first) })),
    planned(saved('put', edited(direct('users.put', { walletAddress, ...given(second) }))), same),
    planned(saved('read', get), (record, write) => same(record) ?? answered('users.put', write, record)),
    planned({ do: 'mutate', saved: 'put' }),
    planned({ do: 'mutate', saved: 'read' }),
    planned(get, same),
    planned(direct('users.scan', { limit: 1 }), shownFirst(same)),
  ];
}

/** The check of a page's first item, which is this trial's: records of later trials sort first. */
function shownFirst(check: (record: StepRecord) => Failure | undefined) {
  return (record: StepRecord): Failure | undefined => {
    const { outcome } = record;
    if (outcome.status !== 'ok') return check(record);
    return check({ ...record, outcome: { ...outcome, value: pageIn(outcome.value).items[0] } });
  };
}

/** Where the write just before `read` answered with something else than was then read. */
function answered(method: Method, write: StepRecord | undefined, read: StepRecord): Failure | undefined {
  return write === undefined ? undefined : answeredOtherwise(method, write, valueOf(read));
}

/** Steps after the change in place may fail for its sake alone. */
function misusePlan(handle: Handle, id: string, { surfaces }: Subject): Planned[] {
  const steps = misuse(handle, id, surfaces.includes('locks'));
  const change = steps.findIndex((step) => step.do === 'mutate');
  return steps.map((step, index) =>
    planned(step, (record) => {
      const failed = unexpectedError(record);
      if (failed === undefined || index <= change || change < 0) return failed;
      return {
        ...failed,
        summary: `After a caller changed ${handle}, the section failed: ${failed.actual}`,
        expected: 'what the caller does with its own object is nothing to the storage',
      };
    }),
  );
}

/** Steps that change an object in place that the adapter has handed out or taken in. */
function misuse(handle: Handle, id: string, hasLocks: boolean): Step[] {
  const mutate = (name: string): Step => ({ do: 'mutate', saved: name });
  const get = saved('own', direct('streams.get', id));
  // The very object that get returned goes in.
  const put: CallStep = direct('streams.put', { $saved: 'own' });
  switch (handle) {
    case 'what create was given':
      return [];
    case 'what create returned':
      return [mutate('create')];
    case 'what get returned':
      return [mutate('get')];
    case 'what put returned':
      return [get, saved('put', put), mutate('put')];
    case 'what put was given':
      return [get, put, mutate('own')];
    case 'an item of a list':
      return [saved('page', LIST), mutate('page')];
    case 'an item of a scan':
      return [saved('page', SCAN), mutate('page')];
    case 'what get returned through the view':
      return hasLocks ? [enter(id), saved('seen', view('streams.get', id)), mutate('seen'), leave] : [get];
    case 'what put was given through the view':
      // Read in the section: a callback that runs again must find it as it was.
      return hasLocks
        ? [enter(id), saved('own', view('streams.get', id)), { ...put, via: 'view' }, mutate('own'), leave]
        : [get];
    default:
      return handle satisfies never;
  }
}

/** An id that nobody has used, when something is stored under it, and when that is deleted again. */
function unknownId(store: Case['unknown'], scope: Scope, { surfaces }: Subject): Planned[] {
  const surface = store === 'jobs' ? 'exports' : store;
  if (!surfaces.includes(surface)) return [];
  const name = scope.id('nobody');
  const id = store === 'idempotency' ? `settle:${name}` : name;
  const answers = (method: Method, expected: unknown): Planned =>
    planned(direct(method, id), (record) => otherAnswer(method, expected, record));
  const gone = [answers(`${store}.get`, undefined)];
  if (store === 'users') return gone;
  gone.push(answers(`${store}.delete`, false));
  const get = direct(`${store}.get`, id);
  const created = [planned(CREATES[store](id)), planned(get, (record) => missing(`${store}.get`, record))];
  return [...gone, ...created, answers(`${store}.delete`, true), ...gone];
}

const CREATES = {
  streams: (id: string) => direct('streams.create', streamOf(id)),
  idempotency: (id: string) => direct('idempotency.insert', replayOf(id)),
  jobs: (id: string) => direct('jobs.create', jobOf(id, id)),
};

function missing(method: Method, record: StepRecord): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined || valueOf(record) !== undefined) return failed;
  return {
    summary: `${method} does not show what was stored under an id that it had been asked for before.`,
    expected: 'the record',
    actual: 'undefined',
  };
}

function otherAnswer(method: Method, expected: unknown, record: StepRecord): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined || valueOf(record) === expected) return failed;
  return {
    summary:
      expected === true
        ? `${method} of what had just been stored did not answer true.`
        : `${method} of an id under which nothing is stored did not answer ${String(expected)}.`,
    expected: String(expected),
    actual: literal(valueOf(record)),
  };
}

/** A record that is not what was stored. A time that was not given is the storage's own. */
function otherThan(record: StepRecord, expected: object, what: string, when: string): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined) return failed;
  const value = valueOf(record) as Readonly<Record<string, unknown>> | undefined;
  const { updatedAt, ...shown } = value ?? {};
  const difference = firstDifference(expected, 'updatedAt' in expected ? value : shown);
  if (difference === undefined) {
    return 'updatedAt' in expected || updatedAt !== PAST ? undefined : unstamped(what, when);
  }
  return {
    summary: `After ${when}, ${difference.path === '' ? what : `${difference.path} of ${what}`} is not what was stored.`,
    expected: literal(difference.expected),
    actual: literal(difference.actual),
  };
}

function unstamped(what: string, when: string): Failure {
  return {
    summary: `After ${when} without a time of its update, ${what} shows the time that an earlier write had given.`,
    expected: 'an updatedAt of the storage’s clock',
    actual: PAST,
  };
}
