import fc from 'fast-check';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { addDigit, unexplained } from '../../harness/judging/effects.ts';
import {
  FAILING_WRITES,
  failingWrite,
  failingWritesOf,
  failingWritesSetup,
} from '../../harness/cases/failingWrites.ts';
import { direct, leave, streamOf, swallowed, visitors } from '../../harness/cases/generate.ts';
import { codeOf, observed, type Observed } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Scope,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';
import {
  leaveTrace,
  readTrace,
  strayTrace,
  recordKindsOf,
  tracesOf,
  type TraceKind,
} from '../../harness/cases/traces.ts';
import { FAILING_READS, failingReadsOf } from '../../harness/vocabulary/failingReads.ts';
import {
  everyShape,
  plainShape,
  sectionOf,
  shapesFor,
  shapeSituations,
  type Shape,
} from '../../harness/vocabulary/shapes.ts';

interface Visit {
  readonly shape: Shape;
  readonly trace: TraceKind;
  /** The names of calls that may fail, before and after the section's writes. The callback swallows their errors. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

type Case = readonly (readonly Visit[])[];

/**
 * Sections of every shape in which calls fail and the callback swallows the errors, so that the storage may have
 * ended the transaction long before the commit. The result of withLock must be true: resolved means stored, rejected
 * means not stored.
 */
export const TX_02: AnyProperty = property<Case>({
  clause: 'TX-02',
  arbitrary: (subject) => {
    const failing = fc.oneof(
      ...[readsOf(subject), failingWritesOf(subject.surfaces)]
        .filter((names) => names.length > 0)
        .map((names) => fc.constantFrom<string>(...names)),
    );
    const some = fc.array(failing, { maxLength: 2 });
    const visit: fc.Arbitrary<Visit> = fc.record({
      shape: shapesFor(subject),
      trace: fc.constantFrom(...recordKindsOf(subject.surfaces)),
      before: some,
      after: some,
    });
    return fc.array(fc.array(visit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 });
  },
  examples: (subject) => {
    const [reads, writes] = [readsOf(subject), failingWritesOf(subject.surfaces)];
    const both = [...reads.slice(0, 1), ...writes.slice(0, 1)];
    return [
      ...[reads, writes].map((names) => [names.map((name) => failingAfter(name, plainShape(subject)))]),
      ...everyShape(subject).map((shape) => [both.map((name) => failingAfter(name, shape))]),
    ];
  },
  trial: (input, scope) => {
    const s1 = scope.id('s1');
    const actors = visitors(input, (visit, digit) => section(visit, digit, scope));
    const kinds = input.flat().flatMap(({ before, after }) => [...before, ...after]);
    const setup = [direct('streams.create', streamOf(s1)), ...failingWritesSetup(kinds, scope)];
    return {
      setup,
      actors,
      finale: [direct('streams.get', s1), ...tracesOf({ setup, actors }).map(readTrace)],
    };
  },
  judge: (run) => unexplained(run) ?? strayTrace(run),
  exercised: ({ main }) => main.records.some((record) => codeOf(record) !== undefined),
  situations: (subject) => [
    ...shapeSituations(subject, ({ number, left }, run) => {
      return left !== undefined && swallowedIn(run).some(({ record }) => record.section === number);
    }),
    ...failingReadsOf({ surfaces: subject.surfaces }).map(([name, { mayBeAnswered = false }]) =>
      triedInSection(name, mayBeAnswered),
    ),
    ...failingWritesOf(subject.surfaces).map((name) => triedInSection(name, false)),
  ],
});

/** A visit that writes and then makes the failing call. Its writes must not be lost silently. */
function failingAfter(name: string, shape: Shape): Visit {
  return { shape, trace: 'stream', before: [], after: [name] };
}

function readsOf(subject: Subject): string[] {
  return failingReadsOf(subject).map(([name]) => name);
}

/** The call was made in a section that then ended, and it failed. For some calls, an answer is also allowed. */
function triedInSection(name: string, mayBeAnswered: boolean): Situation<unknown> {
  return {
    name: mayBeAnswered
      ? `a section with a call that may fail (${name})`
      : `a section that swallowed the error of a call (${name})`,
    occurred: (run) => {
      const { method, args } = callOf(name, run.scope);
      const wanted = JSON.stringify([method, args]);
      return (mayBeAnswered ? callsInSections(run) : swallowedIn(run)).some(
        ({ step }) => step.do === 'call' && JSON.stringify([step.method, step.args]) === wanted,
      );
    },
  };
}

/** Failed calls whose errors were swallowed, in sections that ended. */
function swallowedIn(run: TrialRun<unknown>): Observed[] {
  return callsInSections(run).filter(({ record }) => codeOf(record) !== undefined);
}

/** Calls whose errors are swallowed, in sections that ended. */
function callsInSections(run: TrialRun<unknown>): Observed[] {
  const ended = new Set(
    sectionsOf(run.main, run.trial).flatMap(({ number, left }) => (left === undefined ? [] : [number])),
  );
  return observed(run).filter(
    ({ step, record: { section } }) =>
      step.do === 'call' && step.swallow === true && section !== undefined && ended.has(section),
  );
}

function section({ shape, trace, before, after }: Visit, digit: number, scope: Scope): Step[] {
  const id = scope.id('s1');
  const calls = (names: readonly string[]): Step[] => names.map((name) => swallowed(callOf(name, scope)));
  return sectionOf(shape, {
    lock: id,
    steps: [
      ...calls(before),
      ...addDigit(id, digit).map(swallowed),
      swallowed(leaveTrace({ kind: trace, id: scope.id(`new-${digit}`) })),
      ...calls(after),
    ],
    end: [leave],
    reads: [id],
    aside: (name) => scope.id(`${name}-${digit}`),
  });
}

function callOf(name: string, scope: Scope): CallStep {
  const write = FAILING_WRITES.find((one) => one === name);
  if (write !== undefined) return failingWrite(write, scope);
  const read = FAILING_READS.entries[name];
  if (read === undefined) throw new RangeError(`Expected a call that may fail, got ${name}.`);
  return read.call(scope);
}
