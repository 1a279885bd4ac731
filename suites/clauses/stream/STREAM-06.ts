import fc from 'fast-check';
import { NO_AMOUNTS, NO_COUNTS } from '../../harness/amounts.ts';
import { direct, streamOf } from '../../harness/generate.ts';
import { finaleValue, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/property.ts';
import { refusedWith, throughView } from '../../harness/refusals.ts';
import { firstDifference, literal } from '../../harness/same.ts';

const AMOUNTS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;
const WRITES = ['create', 'put'] as const;

interface Case {
  readonly field: string;
  readonly value: unknown;
  /** What the value is, for messages. */
  readonly what: string;
  readonly write: (typeof WRITES)[number];
  readonly inSection: boolean;
}

const wrong = fc.oneof(
  { weight: 4, arbitrary: wrongOf(AMOUNTS, NO_AMOUNTS) },
  { weight: 1, arbitrary: wrongOf(['revision'], NO_COUNTS) },
  // A further field holds JSON, which has no such numbers.
  { weight: 1, arbitrary: wrongOf(['further'], NO_AMOUNTS.slice(0, 3)) },
);

function wrongOf(
  fields: readonly string[],
  values: readonly (readonly [unknown, string])[],
): fc.Arbitrary<Pick<Case, 'field' | 'value' | 'what'>> {
  return fc
    .tuple(fc.constantFrom(...fields), fc.constantFrom(...values))
    .map(([field, [value, what]]) => ({ field, value, what }));
}

/** What is no amount, and no revision, is refused with INVALID_RECORD, and nothing is stored. */
export const STREAM_06: AnyProperty = property<Case>({
  clause: 'STREAM-06',
  schedules: 'free',
  arbitrary: () =>
    fc
      .tuple(wrong, fc.constantFrom(...WRITES), fc.boolean())
      .map(([one, write, inSection]) => ({ ...one, write, inSection })),
  trial: ({ field, value, write, inSection }, scope, { surfaces }) => {
    const id = scope.id('s1');
    const call = direct(`streams.${write}`, { ...streamOf(id, { nextAction: 'changed' }), [field]: value });
    return {
      setup: write === 'put' ? [direct('streams.create', streamOf(id))] : [],
      actors: [{ instance: 0, steps: throughView(call, id, inSection && surfaces.includes('locks')) }],
      finale: [direct('streams.get', id)],
    };
  },
  judge: wronglyAccepted,
});

function wronglyAccepted(run: TrialRun<Case>): Failure | undefined {
  const { input, main, setup } = run;
  const { field, what, write } = input;
  const code = refusedWith(main.records);
  const stored = finaleValue(run, 0) as Readonly<Record<string, unknown>> | undefined;
  if (code !== 'INVALID_RECORD') {
    const came =
      code === undefined
        ? `it was accepted and reads back as ${literal(stored?.[field])}`
        : `the error was ${code === 'none' ? 'none of the contract' : code}`;
    return {
      summary: `A stream with ${what} as ${field} was given to ${write}, and ${came}.`,
      expected: 'INVALID_RECORD',
      actual: code ?? `accepted as ${literal(stored?.[field])}`,
      marked: main.records,
    };
  }
  const difference = firstDifference(valueOf(setup[0]), stored);
  if (difference === undefined) return undefined;
  return {
    summary: `${write} refused ${what} as ${field}, and yet changed what is stored.`,
    expected: literal(difference.expected),
    actual: literal(difference.actual),
    marked: main.records,
  };
}
