import fc from 'fast-check';
import { NO_AMOUNTS, NO_COUNTS } from '../../harness/cases/amounts.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { finaleValue, valueOf } from '../../harness/judging/observe.ts';
import { attemptsIn } from '../../harness/cases/plan.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { refusedWith, throughView } from '../../harness/cases/refusals.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';

const AMOUNTS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;
const WRITES = ['create', 'put'] as const;

interface Try {
  readonly field: string;
  readonly value: unknown;
  /** A description of the value, for messages. */
  readonly what: string;
  readonly write: (typeof WRITES)[number];
  readonly inSection: boolean;
}

type Case = readonly Try[];

type Wrong = Pick<Try, 'field' | 'value' | 'what'>;

const WRONG_AMOUNTS = wrongOf(AMOUNTS, NO_AMOUNTS);
const WRONG_COUNTS = wrongOf(['revision'], NO_COUNTS);
// A further field holds JSON, which has no NaN and no infinite numbers.
const WRONG_NUMBERS = wrongOf(['further'], NO_AMOUNTS.slice(0, 3));

const wrong = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WRONG_AMOUNTS) },
  { weight: 1, arbitrary: fc.constantFrom(...WRONG_COUNTS) },
  { weight: 1, arbitrary: fc.constantFrom(...WRONG_NUMBERS) },
);

function wrongOf(
  fields: readonly string[],
  values: readonly (readonly [value: unknown, what: string])[],
): Wrong[] {
  return fields.flatMap((field) => values.map(([value, what]) => ({ field, value, what })));
}

const ALL_WRONG = [...WRONG_AMOUNTS, ...WRONG_COUNTS, ...WRONG_NUMBERS];
const FIELDS: readonly string[] = [...new Set(ALL_WRONG.map(({ field }) => field))];

/** Each wrong value in each field, by every write, in as many cases as needed. */
function everyTry(): Case[] {
  return FIELDS.flatMap((field) =>
    WRITES.map((write) =>
      ALL_WRONG.filter((one) => one.field === field).map((one, index): Try => ({
        ...one,
        write,
        inSection: index % 2 === 1,
      })),
    ),
  );
}

/**
 * Streams are written with a value that is no amount, or no revision. The write must fail with INVALID_RECORD and
 * store nothing.
 */
export const STREAM_06: AnyProperty = property<Case>({
  clause: 'STREAM-06',
  schedules: 'free',
  arbitrary: () => {
    const one = fc
      .tuple(wrong, fc.constantFrom(...WRITES), fc.boolean())
      .map(([wrong, write, inSection]): Try => ({ ...wrong, write, inSection }));
    return fc.array(one, { minLength: 1, maxLength: 12, size: 'max' });
  },
  examples: everyTry,
  trial: (input, scope, subject) => ({
    setup: input.flatMap(({ write }, index) =>
      write === 'put' ? [direct('streams.create', streamOf(idOf(index, scope)))] : [],
    ),
    actors: [{ instance: 0, steps: stepsOf(input, scope, subject).flat() }],
    finale: input.map((_, index) => direct('streams.get', idOf(index, scope))),
  }),
  judge: (run) => {
    const groups = attemptsIn(run, stepsOf);
    for (const [index, one] of run.input.entries()) {
      const failure = wronglyAccepted(run, one, index, groups[index] ?? []);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
  situations: ({ surfaces }) => [
    ...REFUSED,
    ...(surfaces.includes('locks')
      ? [refused('a wrong number that was refused in a section', isInSection)]
      : []),
  ],
});

const REFUSED: readonly Situation<Case>[] = [
  ...FIELDS.flatMap((field) =>
    WRITES.map((write) =>
      refused(`a wrong ${field} that ${write} refused`, (one) => one.field === field && one.write === write),
    ),
  ),
  refused('a number that was refused', ({ value }) => typeof value === 'number'),
  refused('a text that was refused', ({ value }) => typeof value === 'string'),
];

function refused(name: string, isOf: (one: Try, records: readonly StepRecord[]) => boolean): Situation<Case> {
  return {
    name,
    occurred: (run) => {
      const groups = attemptsIn(run, stepsOf);
      return run.input.some((one, index) => {
        const records = groups[index] ?? [];
        return refusedWith(records) === 'INVALID_RECORD' && isOf(one, records);
      });
    },
  };
}

function isInSection(_one: Try, records: readonly StepRecord[]): boolean {
  return records.some(({ section }) => section !== undefined);
}

function idOf(index: number, scope: Scope): string {
  return scope.id(`s${index + 1}`);
}

function stepsOf(input: Case, scope: Scope, { surfaces }: Subject): Step[][] {
  return input.map(({ field, value, write, inSection }, index) => {
    const id = idOf(index, scope);
    const call = direct(`streams.${write}`, { ...streamOf(id, { nextAction: 'changed' }), [field]: value });
    return throughView(call, id, inSection && surfaces.includes('locks'));
  });
}

function wronglyAccepted(
  run: TrialRun<Case>,
  { field, what, write }: Try,
  index: number,
  records: readonly StepRecord[],
): Failure | undefined {
  const code = refusedWith(records);
  const stored = finaleValue(run, index) as Readonly<Record<string, unknown>> | undefined;
  if (code !== 'INVALID_RECORD') {
    const came =
      code === undefined
        ? `it was accepted and reads back as ${literal(stored?.[field])}`
        : `the call failed with ${code === 'none' ? 'an error without a code' : code}`;
    return {
      summary: `A stream with ${what} as ${field} was given to ${write}, and ${came}.`,
      expected: 'INVALID_RECORD',
      actual: code ?? `accepted as ${literal(stored?.[field])}`,
      marked: records,
    };
  }
  const id = idOf(index, run.scope);
  const before = run.setup
    .map(valueOf)
    .find((value) => (value as { readonly id?: string } | undefined)?.id === id);
  const difference = firstDifference(before, stored);
  if (difference === undefined) return undefined;
  return {
    summary: `${write} refused ${what} as ${field}, but changed the stored record.`,
    expected: literal(difference.expected),
    actual: literal(difference.actual),
    marked: records,
  };
}
