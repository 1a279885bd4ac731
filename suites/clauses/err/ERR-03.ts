import fc from 'fast-check';
import {
  property,
  type AnyProperty,
  type Failure,
  type Subject,
  type TrialRun,
} from '../../harness/property.ts';
import { provocations, type Provocation } from '../../harness/provocations.ts';
import { refusedWith, throughView } from '../../harness/refusals.ts';
import { valueOf } from '../../harness/observe.ts';
import { firstDifference, literal } from '../../harness/same.ts';
import type { Scope } from '../../harness/property.ts';

interface Case {
  /** What of the provocations. */
  readonly what: string;
  readonly inSection: boolean;
}

const WRITES = /\.(create|put|delete|append|insert|putIfAbsent|deleteExpired|transition)$/;

/** A write is refused, plainly or in a section: its store shows afterwards what it showed before. */
export const ERR_03: AnyProperty = property<Case>({
  clause: 'ERR-03',
  schedules: 'free',
  inapplicable: (subject) => (names(subject).length > 0 ? undefined : 'the adapter has no store to write to'),
  arbitrary: (subject) => fc.record({ what: fc.constantFrom(...names(subject)), inSection: fc.boolean() }),
  trial: (input, scope, { surfaces }) => {
    const { call, store } = provocationOf(input, scope);
    const steps = throughView(call, scope.id('lock'), input.inSection && surfaces.includes('locks'));
    return {
      setup: [...store.setup, ...store.reads],
      actors: [{ instance: 0, steps }],
      finale: store.reads,
    };
  },
  judge: changedAnyway,
  exercised: ({ main }) => refusedWith(main.records) !== undefined,
});

const EXAMPLES = provocations('a', 'b').filter(({ call }) => WRITES.test(call.method));

function names({ surfaces }: Subject): string[] {
  return EXAMPLES.filter(({ store }) => surfaces.includes(store.surface)).map(({ what }) => what);
}

function provocationOf({ what }: Case, scope: Scope): Provocation {
  return provocations(scope.id('here'), scope.id('nowhere')).find((one) => one.what === what) as Provocation;
}

function changedAnyway(run: TrialRun<Case>): Failure | undefined {
  const { input, main, setup, finale, scope } = run;
  const code = refusedWith(main.records);
  if (code === undefined) return undefined;
  const { store } = provocationOf(input, scope);
  for (const record of finale) {
    const before = setup.find(({ step }) => step === store.setup.length + record.step);
    const difference = firstDifference(valueOf(before), valueOf(record));
    if (difference === undefined) continue;
    const read = store.reads[record.step];
    const where = difference.path === '' ? '' : ` in ${difference.path}`;
    return {
      summary: `${input.what} was refused with ${code === 'none' ? 'an error' : code}, and yet ${read?.method} shows a change${where}.`,
      expected: literal(difference.expected),
      actual: literal(difference.actual),
      marked: [...main.records, record],
    };
  }
  return undefined;
}
