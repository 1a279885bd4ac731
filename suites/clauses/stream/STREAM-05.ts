import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import { EDGES, exactAmount } from '../../harness/cases/amounts.ts';
import { direct, enter, leave, streamOf, view } from '../../harness/cases/generate.ts';
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
import { literal } from '../../harness/judging/same.ts';
import { timeOf } from '../../harness/cases/tables.ts';
import { tried } from '../../harness/engine/tried.ts';

const FIELDS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;
/** How the amounts are stored. */
const WRITES = ['create', 'put', 'put in a section'] as const;

type Amounts = Readonly<Record<(typeof FIELDS)[number], string>>;

const REVISIONS = [0, 1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER] as const;

const amounts: fc.Arbitrary<Amounts> = fc.record({
  rate: exactAmount,
  totalAmount: exactAmount,
  releasedAmount: exactAmount,
  withdrawnAmount: exactAmount,
});

interface Case {
  /** The amounts that the record holds before they are replaced. They may be larger or smaller. */
  readonly before: Amounts;
  readonly amounts: Amounts;
  readonly revision: number;
  readonly write: (typeof WRITES)[number];
}

/**
 * Large amounts are stored in every field, the first time or in place of others. The write itself and every read must
 * return them digit by digit.
 */
export const STREAM_05: AnyProperty = property<Case>({
  clause: 'STREAM-05',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      before: amounts,
      amounts,
      revision: fc.constantFrom(...REVISIONS),
      write: fc.constantFrom(...WRITES),
    }),
  // Every edge value in every field, with each way to write in turn.
  examples: () =>
    EDGES.map((_, turn): Case => ({
      before: edgesFrom(turn + 1),
      amounts: edgesFrom(turn),
      revision: REVISIONS[turn % REVISIONS.length] as number,
      write: WRITES[turn % WRITES.length] as Case['write'],
    })),
  trial: (input, scope, subject) => ({
    actors: [{ instance: 0, steps: stepsOf(planOf(input, scope, subject)) }],
  }),
  judge: ({ input, main, scope, subject }) => unplanned(planOf(input, scope, subject), main.records),
  situations: ({ surfaces }) => [
    ...STORED,
    ...(surfaces.includes('locks') ? WRITES : WRITES.slice(0, -1)).map((write) =>
      tried<Case>(`amounts that are passed to ${write}`, (input) => input.write === write),
    ),
    ...REPLACING,
  ],
});

/** The limits of narrower types: for the amounts that each field must hold, and for revisions. */
const BEYOND: readonly (readonly [what: string, least: bigint])[] = [
  ['2^53', 2n ** 53n],
  ['2^64', 2n ** 64n],
  ['37 digits', 10n ** 37n],
];
const STORED: readonly Situation<Case>[] = [
  ...FIELDS.flatMap((field) =>
    BEYOND.map(([what, least]) =>
      tried<Case>(`${field} beyond ${what}`, ({ amounts }) => BigInt(amounts[field]) > least),
    ),
  ),
  ...REVISIONS.map((revision) => tried<Case>(`revision ${revision}`, (input) => input.revision === revision)),
];
const REPLACING: readonly Situation<Case>[] = [
  replacing('larger', (before, after) => before > after),
  replacing('smaller', (before, after) => before < after),
];

function replacing(what: string, isSo: (before: bigint, after: bigint) => boolean): Situation<Case> {
  return tried(
    `amounts that are put in place of ${what} ones`,
    ({ before, amounts, write }) =>
      write !== 'create' && FIELDS.some((field) => isSo(BigInt(before[field]), BigInt(amounts[field]))),
  );
}

/** The fields have different edge values, and over all turns each field has each edge value. */
function edgesFrom(turn: number): Amounts {
  const at = (index: number): string => EDGES[(turn + index) % EDGES.length] as string;
  return { rate: at(0), totalAmount: at(1), releasedAmount: at(2), withdrawnAmount: at(3) };
}

function planOf(input: Case, scope: Scope, { surfaces }: Subject): Planned[] {
  const id = scope.id('s1');
  // The ids of later trials sort first, so the stream is the first of its list.
  const createdAt = timeOf(tableNamed('streams'), { key: 's1', at: 0 }, scope);
  const plain = streamOf(id, { createdAt });
  const before = { ...plain, ...input.before };
  const exact = { ...plain, ...input.amounts, revision: input.revision };
  const check = (how: string) => (record: StepRecord) => inexact(record, how, input);
  const section = input.write === 'put in a section' && surfaces.includes('locks');
  return [
    ...(input.write === 'create'
      ? [planned(direct('streams.create', exact), check('create'))]
      : [planned(direct('streams.create', before))]),
    ...(section
      ? [
          planned(enter(id)),
          planned(view('streams.put', exact), check('put through the view')),
          planned(view('streams.get', id), check('get through the view')),
          planned(leave),
        ]
      : []),
    ...(!section && input.write !== 'create' ? [planned(direct('streams.put', exact), check('put'))] : []),
    planned(direct('streams.get', id), check('get')),
    planned(direct('streams.list', { status: 'active', limit: 1 }), check('list')),
    planned(direct('streams.scan', { limit: 1 }), check('scan')),
  ];
}

function inexact(record: StepRecord, how: string, { amounts, revision }: Case): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined) return failed;
  const value = valueOf(record);
  const stream = (how === 'list' || how === 'scan' ? pageIn(value).items[0] : value) as
    | Readonly<Record<string, unknown>>
    | undefined;
  const expected: Readonly<Record<string, unknown>> = { ...amounts, revision };
  for (const [field, wanted] of Object.entries(expected)) {
    if (stream?.[field] === wanted) continue;
    return {
      summary: `${field} was stored as ${literal(wanted)}, and ${how} showed ${literal(stream?.[field])}.`,
      expected: literal(wanted),
      actual: literal(stream?.[field]),
      ...(isThroughNumber(wanted, stream?.[field])
        ? { hint: 'amounts pass through Number or a float column' }
        : {}),
    };
  }
  return undefined;
}

/** Whether `seen` equals the amount `wanted` after a conversion to a double. */
function isThroughNumber(wanted: unknown, seen: unknown): boolean {
  if (typeof wanted !== 'string') return false;
  if (typeof seen === 'number') return true;
  return typeof seen === 'string' && /^\d+$/.test(seen) && Number(seen) === Number(wanted);
}
