import fc from 'fast-check';
import type { Json, NewStream } from '../../../adapters/contract/index.ts';
import type { CallStep, Step, StepRecord } from '../../../scenarios/host/program.ts';
import { direct, enter, leave, saved, streamOf, view } from '../../harness/generate.ts';
import { tableNamed } from '../../harness/listCase.ts';
import { valueOf } from '../../harness/observe.ts';
import { planned, stepsOf, unexpectedError, unplanned, type Planned } from '../../harness/plan.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
} from '../../harness/property.ts';
import { firstDifference, literal } from '../../harness/same.ts';
import { timeOf } from '../../harness/tables.ts';

/** Where the caller got, or left, the object that it then changes in place. */
const HANDLES = [
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

interface Case {
  /** Fields that may be null, be absent, or hold something. */
  readonly withdrawal: Json | undefined;
  readonly further: Json | undefined;
  readonly nextAction: string | undefined;
  readonly handle: Handle;
  /** Which store is asked for an id that it does not have. */
  readonly unknown: 'streams' | 'users' | 'idempotency' | 'jobs';
}

const present: fc.Arbitrary<Json | undefined> = fc.constantFrom<(Json | undefined)[]>(
  undefined,
  null,
  { at: null },
  [null],
  { at: 'noon', parts: [{ n: 1 }] },
);

/**
 * A stream with absent and null fields is stored and read; then the caller changes, in place, an object that it got
 * from the adapter or gave to it. What is stored stays as it was. An id that is not there reads as undefined.
 */
export const STREAM_07: AnyProperty = property<Case>({
  clause: 'STREAM-07',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      withdrawal: present,
      further: present,
      nextAction: fc.constantFrom(undefined, 'pay'),
      handle: fc.constantFrom(...HANDLES),
      unknown: fc.constantFrom('streams', 'users', 'idempotency', 'jobs'),
    }),
  trial: (input, scope, subject) => ({
    actors: [{ instance: 0, steps: stepsOf(planOf(input, scope, subject)) }],
  }),
  judge: ({ input, main, scope, subject }) => unplanned(planOf(input, scope, subject), main.records),
});

function planOf(input: Case, scope: Scope, subject: Subject): Planned[] {
  const id = scope.id('s1');
  const stream = contentOf(input, id, scope);
  const created = saved('create', direct('streams.create', stream));
  const same = (when: string) => (record: StepRecord) => changed(record, stream, when);
  const get = direct('streams.get', id);
  return [
    ...unknownId(input.unknown, scope, subject),
    planned(created, same('create returned it')),
    planned(saved('get', get), same('it was read')),
    ...misuse(input.handle, id, subject.surfaces.includes('locks')).map((step) => planned(step)),
    planned(get, same(`a caller changed ${input.handle}`)),
  ];
}

function contentOf(input: Case, id: string, scope: Scope): NewStream {
  const { withdrawal, further, nextAction } = input;
  return streamOf(id, {
    // Later trials sort first, so that the stream is the first of its list.
    createdAt: timeOf(tableNamed('streams'), { key: 's1', at: 0 }, scope),
    ...(withdrawal === undefined ? {} : { withdrawal }),
    ...(further === undefined ? {} : { further }),
    ...(nextAction === undefined ? {} : { nextAction }),
  });
}

/** Steps that change an object in place that the adapter has handed out or taken in. */
function misuse(handle: Handle, id: string, hasLocks: boolean): Step[] {
  const mutate = (name: string): Step => ({ do: 'mutate', saved: name });
  const get = saved('own', direct('streams.get', id));
  // The very object that get returned goes in.
  const put: CallStep = direct('streams.put', { $saved: 'own' });
  switch (handle) {
    case 'what create returned':
      return [mutate('create')];
    case 'what get returned':
      return [mutate('get')];
    case 'what put returned':
      return [get, saved('put', put), mutate('put')];
    case 'what put was given':
      return [get, put, mutate('own')];
    case 'an item of a list':
      return [saved('page', direct('streams.list', { status: 'active', limit: 1 })), mutate('page')];
    case 'an item of a scan':
      return [saved('page', direct('streams.scan', { limit: 1 })), mutate('page')];
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

function unknownId(store: Case['unknown'], scope: Scope, { surfaces }: Subject): Planned[] {
  const surface = store === 'jobs' ? 'exports' : store;
  if (!surfaces.includes(surface)) return [];
  const id = store === 'idempotency' ? `settle:${scope.id('nobody')}` : scope.id('nobody');
  return [
    planned(direct(`${store}.get`, id), (record) => {
      const failed = unexpectedError(record);
      if (failed !== undefined || valueOf(record) === undefined) return failed;
      return {
        summary: `${store}.get of an id that was never stored did not answer undefined.`,
        expected: 'undefined',
        actual: literal(valueOf(record)),
      };
    }),
  ];
}

/** A stored stream that is not what was stored. Stamps are the storage's own. */
function changed(record: StepRecord, stream: NewStream, when: string): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined) return failed;
  const value = valueOf(record) as Readonly<Record<string, unknown>> | undefined;
  const { updatedAt: _stamp, ...shown } = value ?? {};
  const difference = firstDifference(stream, shown);
  if (difference === undefined) return undefined;
  return {
    summary: `After ${when}, ${difference.path === '' ? 'the stream' : difference.path} is not what was stored.`,
    expected: literal(difference.expected),
    actual: literal(difference.actual),
  };
}
