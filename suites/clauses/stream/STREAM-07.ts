import fc from 'fast-check';
import type { Json, NewStream } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Method } from '../../../scenarios/host/language/program.ts';
import { answeredOtherwise } from '../../harness/judging/answered.ts';
import { direct, edited, saved, streamOf } from '../../harness/cases/generate.ts';
import { tableNamed } from '../../harness/cases/listCase.ts';
import { codeOf, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { planned, stepsOf, unexpectedError, unplanned, type Planned } from '../../harness/cases/plan.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
} from '../../harness/engine/property.ts';
import { PAST } from '../../harness/cases/records.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { timeOf } from '../../harness/cases/tables.ts';
import { tried } from '../../harness/engine/tried.ts';
import { HANDLES, LIST, misusePlan, SCAN, type Handle } from './handles.ts';
import { STORES, surfaceOf, unknownId, type Store } from './unknownIds.ts';

/** Fields that may be null, absent, or hold a value. */
interface Optional {
  readonly withdrawal: Json | undefined;
  readonly further: Json | undefined;
  readonly nextAction: string | undefined;
  readonly settlementTxHash: string | undefined;
}

/** Fields of a user. None of them may be null. */
interface Contact {
  readonly displayName: string | undefined;
  readonly email: string | undefined;
}

interface Case {
  readonly created: Optional;
  /**
   * The fields of the record that replaces the stream, and whether it also names a time of creation, which must not
   * be required.
   */
  readonly put: Optional;
  readonly givesTime: boolean;
  readonly handle: Handle;
  /** The store that is asked for an id that it does not have. */
  readonly unknown: Store;
  /** The fields of a user first, and of the record that replaces it. */
  readonly user: readonly [Contact, Contact];
}

/** What a field may hold. In some example, each is replaced by each of the others. */
const KINDS = ['absent', 'null', 'something'] as const;
type Kind = (typeof KINDS)[number];
const SOMETHING: readonly Json[] = [{ at: 'noon', parts: [{ n: 1 }] }, { at: null }, [null]];

const present: fc.Arbitrary<Json | undefined> = fc.constantFrom<(Json | undefined)[]>(
  undefined,
  null,
  ...SOMETHING,
);
const text = fc.constantFrom(undefined, 'pay');
const optional: fc.Arbitrary<Optional> = fc.record({
  withdrawal: present,
  further: present,
  nextAction: text,
  settlementTxHash: text,
});
const contact: fc.Arbitrary<Contact> = fc.record({ displayName: text, email: text });

const REPLACED = KINDS.flatMap((from) => KINDS.filter((to) => to !== from).map((to) => [from, to] as const));

function kindOf(value: Json | undefined): Kind {
  return value === undefined ? 'absent' : value === null ? 'null' : 'something';
}

/** Every handle, every store and every change of what a field holds. */
function examplesFor(): Case[] {
  return HANDLES.map((handle, turn): Case => {
    const holds = (kind: Kind): Json | undefined =>
      kind === 'absent' ? undefined : kind === 'null' ? null : SOMETHING[turn % SOMETHING.length];
    const pair = (shift: number): readonly [Kind, Kind] =>
      REPLACED[(turn + shift) % REPLACED.length] as readonly [Kind, Kind];
    const [withdrawal, further] = [pair(0), pair(3)];
    const isOdd = turn % 2 === 1;
    const [some, other] = isOdd ? ['pay', undefined] : [undefined, 'pay'];
    const fields = (index: 0 | 1): Optional => ({
      withdrawal: holds(withdrawal[index]),
      further: holds(further[index]),
      nextAction: index === 0 ? some : other,
      settlementTxHash: index === 0 ? other : some,
    });
    return {
      created: fields(0),
      put: fields(1),
      // Both values of `givesTime`, with each of the replaced kinds.
      givesTime: turn % 4 < 2,
      handle,
      unknown: STORES[turn % STORES.length] as Store,
      user: [
        { displayName: some, email: other },
        { displayName: other, email: some },
      ],
    };
  });
}

function situationsFor({ surfaces }: Subject): Situation<Case>[] {
  const fields = ['withdrawal', 'further'] as const;
  const texts = ['nextAction', 'settlementTxHash'] as const;
  const isGone = (before: string | undefined, after: string | undefined): boolean =>
    before !== undefined && after === undefined;
  return [
    ...HANDLES.filter((handle) => surfaces.includes('locks') || !handle.endsWith('view')).map((handle) =>
      tried<Case>(`a caller that changed, in place, ${handle}`, (input) => input.handle === handle),
    ),
    ...REPLACED.map(([from, to]) =>
      tried<Case>(`a field with ${from} in it that is replaced by ${to}`, ({ created, put }) =>
        fields.some((field) => kindOf(created[field]) === from && kindOf(put[field]) === to),
      ),
    ),
    tried<Case>('a stream that loses a text as it is replaced', ({ created, put }) =>
      texts.some((field) => isGone(created[field], put[field])),
    ),
    tried<Case>('a stream that is replaced by one without a time of creation', ({ givesTime }) => !givesTime),
    ...STORES.filter((store) => surfaces.includes(surfaceOf(store))).map((store) =>
      tried<Case>(`an id that is unknown to ${store}`, (input) => input.unknown === store),
    ),
    ...(surfaces.includes('users')
      ? [
          tried<Case>('a user that loses a field as it is replaced', ({ user: [before, after] }) =>
            isGone(before.displayName, after.displayName),
          ),
        ]
      : []),
  ];
}

/**
 * A stream with absent and null fields is stored and read. Then the caller changes, in place, an object that the
 * adapter returned or received, and the stored stream must not change. Then the stream is replaced: fields that the
 * new record lacks must be gone, except for the time of creation, and the time of the update must be new. If it is
 * deleted and created again, nothing of the old stream may show. Each write must return what is then read. Reading an
 * unknown id must return undefined, and deleting must say whether there was a record.
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
      unknown: fc.constantFrom(...STORES),
      user: fc.tuple(contact, contact),
    }),
  examples: examplesFor,
  trial: (input, scope, subject) => ({
    actors: [{ instance: 0, steps: stepsOf(planOf(input, scope, subject)) }],
  }),
  judge: ({ input, main, scope, subject }) => unplanned(planOf(input, scope, subject), main.records),
  situations: situationsFor,
});

function planOf(input: Case, scope: Scope, subject: Subject): Planned[] {
  const id = scope.id('s1');
  // The ids of later trials sort first, so the stream is the first of its list.
  const createdAt = timeOf(tableNamed('streams'), { key: 's1', at: 0 }, scope);
  // The replacement has a lower revision, because a revision is ordinary data to the storage.
  const stream = streamOf(id, { createdAt, updatedAt: PAST, revision: 3, ...given(input.created) });
  const next = streamOf(id, { createdAt, ...given(input.put) });
  const { createdAt: _time, ...timeless } = next;
  const same = (expected: object, when: string) => (record: StepRecord) =>
    wrongRecord(record, expected, 'the stream', when);
  const asAnswered =
    (method: Method, expected: object, when: string): Planned['check'] =>
    (record, write) =>
      wrongRecord(record, expected, 'the stream', when) ?? answered(method, write, record);
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
    planned(direct('streams.put', { ...next, updatedAt: PAST })),
    planned(direct('streams.put', next), same(next, 'the same record was stored again')),
    planned(get, asAnswered('streams.put', next, 'the same record was stored again')),
    planned(direct('streams.delete', id)),
    planned(direct('streams.create', streamOf(id)), (record) => createdAnew(record, id, createdAt)),
    planned(
      get,
      (record, write) => createdAnew(record, id, createdAt) ?? answered('streams.create', write, record),
    ),
    // The storage sets its time, which may be earlier than those of later trials.
    planned(direct('streams.delete', id)),
    ...userPlan(input.user, createdAt, scope, subject),
  ];
}

/** Checks a stream that was stored without a time, under an id whose deleted stream was created at `before`. */
function createdAnew(record: StepRecord, id: string, before: string): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined) return failed;
  const when = 'it was deleted and created again';
  const { createdAt } = valueOf(record) as { readonly createdAt?: unknown };
  if (createdAt !== before) return wrongRecord(record, { ...streamOf(id), createdAt }, 'the stream', when);
  return {
    summary: `After ${when} without a time, the stream shows the time at which the deleted one was created.`,
    expected: 'a createdAt of the storage’s clock',
    actual: before,
  };
}

function createOf(stream: NewStream, handle: Handle): CallStep {
  const create = direct('streams.create', stream);
  return handle === 'what create was given' ? edited(create) : create;
}

/** The fields that hold a value, including null. */
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
  const same = (record: StepRecord) => wrongRecord(record, expected, 'the user', 'it was replaced');
  return [
    planned(direct('users.put', { walletAddress, createdAt, updatedAt: PAST, ...given(first) })),
    planned(saved('put', edited(direct('users.put', { walletAddress, ...given(second) }))), same),
    planned(saved('read', get), (record, write) => same(record) ?? answered('users.put', write, record)),
    // Puts the same record again.
    planned(direct('users.put', { $saved: 'read' }), same),
    planned({ do: 'mutate', saved: 'put' }),
    planned({ do: 'mutate', saved: 'read' }),
    planned(get, same),
    planned(direct('users.scan', { limit: 1 }), shownFirst(same)),
  ];
}

/** Checks the first item of a page. The ids of later trials sort first, so it is the record of this trial. */
function shownFirst(check: (record: StepRecord) => Failure | undefined) {
  return (record: StepRecord): Failure | undefined => {
    const { outcome } = record;
    // CUR-02 judges stores without a scan.
    if (codeOf(record) === 'UNSUPPORTED') return undefined;
    if (outcome.status !== 'ok') return check(record);
    return check({ ...record, outcome: { ...outcome, value: pageIn(outcome.value).items[0] } });
  };
}

/** The write just before `read` returned something else than was then read. */
function answered(method: Method, write: StepRecord | undefined, read: StepRecord): Failure | undefined {
  return write === undefined ? undefined : answeredOtherwise(method, write, valueOf(read));
}

/** A record differs from what was stored. A time that was not given may be any time that the storage sets. */
function wrongRecord(record: StepRecord, expected: object, what: string, when: string): Failure | undefined {
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
    summary: `After ${when} without an updatedAt, ${what} shows the time that an earlier write had given.`,
    expected: 'an updatedAt of the storage’s clock',
    actual: PAST,
  };
}
