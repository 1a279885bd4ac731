import fc from 'fast-check';
import type { Json } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import { direct, enter, leave, streamOf, view } from '../../harness/cases/generate.ts';
import { JSON_EDGES, jsonValue, MANY } from '../../harness/cases/jsonValues.ts';
import { tableNamed } from '../../harness/cases/listCase.ts';
import { valueOf } from '../../harness/judging/observe.ts';
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
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { timeOf } from '../../harness/cases/tables.ts';
import { tried } from '../../harness/engine/tried.ts';

type Further = Readonly<Record<string, Json>>;

interface Case {
  readonly created: Further;
  /** The further fields of the replacement. Fields that it lacks must be gone. */
  readonly put: Further;
  readonly inSection: boolean;
}

/** Names that a column, a wrapper of a row or a prototype may also have. */
const NAMES = [
  'note',
  'tally',
  'data',
  'extra',
  'fields',
  'body',
  'created_at',
  'total_amount',
  'Status',
  'x.y',
  'kebab-case',
  '0',
  '01',
  'constructor',
  'toString',
] as const;

const MANY_FIELDS: Further = Object.fromEntries(
  Array.from({ length: MANY }, (_, index) => [`field${index}`, index]),
);

const further: fc.Arbitrary<Further> = fc.dictionary(fc.constantFrom(...NAMES), jsonValue, {
  maxKeys: 4,
  noNullPrototype: true,
});

/**
 * Stores, replaces and reads a stream with fields that the contract does not name. They must be read back unchanged.
 */
export const STREAM_09: AnyProperty = property<Case>({
  clause: 'STREAM-09',
  schedules: 'free',
  arbitrary: () => fc.record({ created: further, put: further, inSection: fc.boolean() }),
  // Every value and every name, null (which is the first value) outside sections and in a section, and many fields at
  // once.
  examples: () => [
    ...[null, ...JSON_EDGES].map((value, turn): Case => {
      const name = NAMES[turn % NAMES.length] as string;
      const other = name === 'note' ? 'data' : 'note';
      // Some fields are replaced, and some are dropped.
      const kept = turn % 4 < 2 ? { [name]: turn } : {};
      return { created: { [name]: value }, put: { [other]: value, ...kept }, inSection: turn % 2 === 1 };
    }),
    { created: MANY_FIELDS, put: MANY_FIELDS, inSection: false },
  ],
  trial: (input, scope, subject) => ({
    actors: [{ instance: 0, steps: stepsOf(planOf(input, scope, subject)) }],
  }),
  judge: ({ input, main, scope, subject }) => unplanned(planOf(input, scope, subject), main.records),
  exercised: ({ input }) => Object.keys(input.created).length + Object.keys(input.put).length > 0,
  situations: ({ surfaces }) => {
    const hasLocks = surfaces.includes('locks');
    return [
      ...NAMES.map((name) =>
        tried<Case>(`a further field ${name}`, ({ created }) => Object.hasOwn(created, name)),
      ),
      tried<Case>(`${MANY} further fields`, ({ created }) => Object.keys(created).length === MANY),
      ...(hasLocks ? [false, true] : [false]).flatMap((inSection) => situationsOfPut(inSection)),
    ];
  },
});

function situationsOfPut(inSection: boolean): Situation<Case>[] {
  const where = inSection ? ' in a section' : '';
  const isThere = (input: Case, isOf: (name: string) => boolean): boolean =>
    input.inSection === inSection && Object.keys(input.created).some(isOf);
  return [
    tried(`a further field that is replaced${where}`, (input) =>
      isThere(input, (name) => Object.hasOwn(input.put, name)),
    ),
    tried(`a further field that is gone after a put${where}`, (input) =>
      isThere(input, (name) => !Object.hasOwn(input.put, name)),
    ),
    tried(
      `a further field that is null and put${where}`,
      (input) => input.inSection === inSection && Object.values(input.put).includes(null),
    ),
  ];
}

function planOf({ created, put, inSection }: Case, scope: Scope, { surfaces }: Subject): Planned[] {
  const id = scope.id('s1');
  // The ids of later trials sort first, so the stream is the first of its list.
  const known = streamOf(id, { createdAt: timeOf(tableNamed('streams'), { key: 's1', at: 0 }, scope) });
  const replace = direct('streams.put', { ...put, ...known });
  const is = (further: Further, how: string) => (record: StepRecord) =>
    differs(record, { ...further, ...known }, how);
  return [
    planned(direct('streams.create', { ...created, ...known }), is(created, 'create')),
    planned(direct('streams.get', id), is(created, 'get')),
    ...(inSection && surfaces.includes('locks')
      ? [
          planned(enter(id)),
          planned({ ...replace, via: 'view' }),
          planned(view('streams.get', id), is(put, 'get through the view')),
          planned(leave),
        ]
      : [planned(replace, is(put, 'put'))]),
    planned(direct('streams.get', id), is(put, 'get after put')),
    planned(direct('streams.list', { status: 'active', limit: 1 }), is(put, 'list')),
    planned(direct('streams.scan', { limit: 1 }), is(put, 'scan')),
  ];
}

function differs(
  record: StepRecord,
  expected: Readonly<Record<string, unknown>>,
  how: string,
): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined) return failed;
  const value = valueOf(record);
  const stream = how === 'list' || how === 'scan' ? pageIn(value).items[0] : value;
  const { updatedAt: _stamp, ...shown } = (stream ?? {}) as Readonly<Record<string, unknown>>;
  const difference = firstDifference(expected, shown);
  if (difference === undefined) return undefined;
  return {
    summary: `The field ${literal(difference.path)} of a stream came back changed from ${how}.`,
    expected: literal(difference.expected),
    actual: literal(difference.actual),
    ...(difference.actual === undefined ? { hint: 'fields that the schema does not know are dropped' } : {}),
  };
}
