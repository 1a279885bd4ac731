import fc from 'fast-check';
import { SURFACES } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { valueOf } from '../../harness/judging/observe.ts';
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
import { examplesOf, provocationsIn, type Provocation } from '../../harness/cases/provocations.ts';
import { refusedWith, throughView } from '../../harness/cases/refusals.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { chunks } from '../../harness/engine/chunks.ts';

interface Try {
  /** The name of a provocation. All provocations of a case concern one store. */
  readonly what: string;
  readonly inSection: boolean;
}

type Case = readonly Try[];

const WRITES = /\.(create|put|delete|append|insert|putIfAbsent|deleteExpired|transition)$/;

/** Writes are refused, outside and inside sections. After each refusal the store must show what it showed before. */
export const ERR_03: AnyProperty = property<Case>({
  clause: 'ERR-03',
  schedules: 'free',
  inapplicable: (subject) =>
    storesOf(subject).length > 0 ? undefined : 'the adapter has no store to write to',
  arbitrary: (subject) =>
    fc.oneof(
      ...storesOf(subject).map((whats) =>
        fc.array(fc.record({ what: fc.constantFrom(...whats), inSection: fc.boolean() }), {
          minLength: 1,
          maxLength: 8,
          size: 'max',
        }),
      ),
    ),
  examples: (subject) => [
    ...storesOf(subject).flatMap((whats) =>
      chunks(whats, PER_EXAMPLE).map((part) => part.map((what) => outside(what))),
    ),
    ...(subject.surfaces.includes('locks')
      ? storesOf(subject).map((whats) => oneOfEachKind(whats).map((what) => ({ what, inSection: true })))
      : []),
  ],
  trial: (input, scope, subject) => {
    const store = storeOf(input, scope);
    return {
      setup: [...store.setup, ...store.reads],
      actors: [{ instance: 0, steps: stepsOf(input, scope, subject).flat() }],
    };
  },
  judge: changedAnyway,
  exercised: (run) => attemptsIn(run, stepsOf).some((records) => refusedWith(records) !== undefined),
  situations: (subject) => {
    const all = oneOfEachKind(storesOf({ surfaces: subject.surfaces }).flat());
    const viewed = subject.surfaces.includes('locks') ? all.filter((what) => VIEWED.has(what)) : [];
    return [
      ...all.map((what) => refusal(kindOf(what), false)),
      ...viewed.map((what) => refusal(kindOf(what), true)),
    ];
  },
});

/** How many provocations one example makes. */
const PER_EXAMPLE = 24;

function outside(what: string): Try {
  return { what, inSection: false };
}

/** One call for each method and each reason of a refusal. */
function oneOfEachKind(whats: readonly string[]): string[] {
  return [...new Map(whats.map((what) => [kindOf(what), what])).values()];
}

const ALL: readonly Provocation[] = examplesOf({ surfaces: SURFACES });

/** The provocations that can be made in a section. */
const VIEWED: ReadonlySet<string> = new Set(
  ALL.filter(({ call }) => throughView(call, 'lock', true).length > 1).map(({ what }) => what),
);

const KINDS: ReadonlyMap<string, string> = new Map(
  ALL.map(({ what, call, codes }) => [what, `${call.method} that is ${codes.join(' or ')}`]),
);

/** Names calls of one method that must fail with the same codes. */
function kindOf(what: string): string {
  return KINDS.get(what) ?? what;
}

/** A write of this kind was refused, and the reads after it were answered. */
function refusal(kind: string, inSection: boolean): Situation<Case> {
  return {
    name: `a refused call of ${kind}${inSection ? ', in a section' : ''}`,
    occurred: (run) =>
      attemptsIn(run, stepsOf).some((records, index) => {
        const one = run.input[index];
        if (one === undefined || kindOf(one.what) !== kind) return false;
        const isWithin = records.some(({ section }) => section !== undefined);
        return isWithin === inSection && refusedWith(records) !== undefined;
      }),
  };
}

/** The names of the provocations, grouped by store. */
function storesOf(subject: Pick<Subject, 'surfaces' | 'omitted'>): string[][] {
  const examples = examplesOf(subject).filter(({ call }) => WRITES.test(call.method));
  const stores = [...new Set(examples.map(({ store }) => store))];
  return stores.map((store) => examples.filter((one) => one.store === store).map(({ what }) => what));
}

function chosen(input: Case, scope: Scope): (Try & Provocation)[] {
  const all = provocationsIn(scope);
  return input.map((one) => ({ ...one, ...(all.find(({ what }) => what === one.what) as Provocation) }));
}

function storeOf(input: Case, scope: Scope): Provocation['store'] {
  return chosen(input, scope)[0]?.store ?? { surface: 'streams', setup: [], reads: [] };
}

/** The steps of each attempt: the write and the reads after it. */
function stepsOf(input: Case, scope: Scope, { surfaces }: Subject): Step[][] {
  return chosen(input, scope).map(({ call, store, inSection }) => [
    ...throughView(call, scope.id('lock'), inSection && surfaces.includes('locks')),
    ...store.reads,
  ]);
}

function changedAnyway(run: TrialRun<Case>): Failure | undefined {
  const { input, setup, scope } = run;
  const { reads, setup: stored } = storeOf(input, scope);
  let before: readonly StepRecord[] = setup.filter(({ step }) => step >= stored.length);
  for (const [index, records] of attemptsIn(run, stepsOf).entries()) {
    const inOrder = [...records].sort((a, b) => a.step - b.step);
    const tried = inOrder.slice(0, -reads.length);
    const after = inOrder.slice(-reads.length);
    const code = refusedWith(tried);
    for (const [number, record] of after.entries()) {
      const difference = firstDifference(shownBy(before[number]), shownBy(record));
      if (difference === undefined || code === undefined) continue;
      const where = difference.path === '' ? '' : ` in ${difference.path}`;
      return {
        summary: `${input[index]?.what} was refused with ${code === 'none' ? 'an error' : code}, but ${reads[number]?.method} shows a change${where}.`,
        expected: literal(difference.expected),
        actual: literal(difference.actual),
        marked: [...tried, record],
      };
    }
    before = after;
  }
  return undefined;
}

function shownBy(record: StepRecord | undefined): unknown {
  return record?.outcome.status === 'error' ? record.outcome.error.code : valueOf(record);
}
