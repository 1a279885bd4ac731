import fc from 'fast-check';
import { defined } from '../../../adapters/contract/defined.ts';
import { THROWN, type Step, type Thrown } from '../../../scenarios/host/language/program.ts';
import { addDigit, unexplained } from '../../harness/judging/effects.ts';
import {
  direct,
  enter,
  leave,
  pause,
  pauseMs,
  streamOf,
  view,
  visitors,
} from '../../harness/cases/generate.ts';
import { calls } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Property,
  type Scope,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { sectionsAround, sectionsOf, type Section } from '../../harness/judging/sections.ts';
import { ranAgain, wrongError } from '../../harness/judging/thrown.ts';
import { begunTogether } from '../../harness/parts/begunTogether.ts';
import { joined } from '../../harness/parts/joined.ts';
import { listedPrograms } from '../../harness/parts/listedPrograms.ts';
import { MADE_AGAIN } from '../../harness/parts/madeAgain.ts';
import {
  changeKindsOf,
  leaveTrace,
  prepareTrace,
  readTrace,
  rewriteTrace,
  strayTrace,
  recordKindsOf,
  tracesOf,
  type TraceKind,
} from '../../harness/cases/traces.ts';
import { LOCKS, recordOf, recordsSetup, type LockName } from '../../harness/vocabulary/locks.ts';
import {
  everyShape,
  plainShape,
  sectionOf,
  shapesFor,
  shapeSituations,
  type Shape,
} from '../../harness/vocabulary/shapes.ts';

interface Visit {
  readonly lock: LockName;
  readonly shape: Shape;
  /** How the callback ends: it returns, throws, or rejects with the error of a call that fails. */
  readonly end: 'return' | 'throw' | 'throw at once' | 'fail';
  /** The kinds of records that the section creates or changes, besides its stream. */
  readonly traces: readonly TraceKind[];
  /** Whether the section writes each record twice. */
  readonly rewrites: boolean;
  readonly pauseMs: number;
  /** The value that is thrown. Undefined: an Error. */
  readonly thrown: Thrown | undefined;
}

type Case = readonly (readonly Visit[])[];

/** How many kinds of records a generated section writes besides its stream. In the examples it writes all of them. */
const MAX_TRACES = 2;

function visitOf(subject: Subject): fc.Arbitrary<Visit> {
  return fc.record({
    lock: fc.constantFrom(...LOCKS),
    shape: shapesFor(subject),
    end: fc.oneof(
      { weight: 2, arbitrary: fc.constant('return' as const) },
      { weight: 2, arbitrary: fc.constantFrom('throw' as const, 'throw' as const, 'throw at once' as const) },
      { weight: 1, arbitrary: fc.constant(writes(subject) ? ('fail' as const) : ('throw' as const)) },
    ),
    traces: fc.subarray(kindsOf(subject), { maxLength: Math.min(MAX_TRACES, kindsOf(subject).length) }),
    rewrites: fc.boolean(),
    pauseMs,
    thrown: fc.oneof(
      { withCrossShrink: true },
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...THROWN) },
    ),
  });
}

function writes({ surfaces }: Subject): boolean {
  return surfaces.includes('streams');
}

function isAtomic(subject: Subject): boolean {
  return writes(subject) && subject.capabilities.atomic;
}

function kindsOf(subject: Subject): TraceKind[] {
  const { surfaces } = subject;
  return writes(subject) ? [...recordKindsOf(surfaces), ...changeKindsOf(surfaces)] : [];
}

/**
 * Sections of every shape write a stream and records of every kind, and then return, throw or fail. withLock must
 * reject with the original error, and the locks must be free. If the adapter is atomic and has one storage, it must
 * then hold exactly what was acknowledged, seen from another instance too.
 */
const ENDINGS: Property<Case> = {
  clause: 'LOCK-02',
  topologies: ['one', 'shared'],
  arbitrary: (subject) =>
    fc.array(fc.array(visitOf(subject), { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 3 }),
  examples: (subject) => [
    ...everyShape(subject).map((shape) => ending(subject, shape, { traces: kindsOf(subject) })),
    ...(writes(subject)
      ? [ending(subject, plainShape(subject), { traces: kindsOf(subject), rewrites: true })]
      : []),
    ...THROWN.map((thrown) => ending(subject, plainShape(subject), { thrown })),
    ending(subject, plainShape(subject), { end: 'throw at once' }),
  ],
  trial: (input, scope, subject) => {
    const actors = visitors(input, (visit, digit) => section(visit, digit, scope, subject));
    const created = writes(subject) ? recordsSetup(LOCKS, scope) : [];
    const setup = [...created, ...tracesOf({ actors }).flatMap(prepareTrace)];
    const records = writes(subject) ? LOCKS.map((lock) => scope.id(recordOf(lock))) : [];
    const finale = [
      ...records.map((id) => direct('streams.get', id)),
      ...tracesOf({ setup, actors }).map(readTrace),
      ...LOCKS.flatMap((lock) => [enter(scope.id(lock)), leave]),
    ];
    return { setup, actors, finale, patienceMs: 3_000 };
  },
  judge: (run) =>
    wrongError(run) ??
    ranAgain(run) ??
    (isAtomic(run.subject) ? (unexplained(run) ?? strayTrace(run)) : undefined),
  exercised: ({ main, trial, subject }) =>
    sectionsOf(main, trial).some(({ wrote, committed }) => !committed && (wrote || !writes(subject))),
  situations: (subject) => [
    ...shapeSituations(
      subject,
      (section, run) => section.left?.outcome.status === 'error' && wroteEverything(section, run),
    ),
    keptAround,
    thrownAtOnce,
    ...(writes(subject) ? [rewritten] : []),
  ],
};

export const LOCK_02: AnyProperty = property(
  joined(joined(ENDINGS, listedPrograms(MADE_AGAIN, isAtomic)), begunTogether(false)),
);

/** Two sections of one shape, one that throws and one that does not, and a plain section of another actor. */
function ending(
  subject: Subject,
  shape: Shape,
  about: Partial<Pick<Visit, 'traces' | 'rewrites' | 'thrown' | 'end'>>,
): Case {
  const simple = { lock: 's1', traces: [], rewrites: false, pauseMs: 0, thrown: undefined } as const;
  const throws: Visit = { ...simple, shape, end: 'throw', ...about };
  const plain: Visit = { ...simple, shape: plainShape(subject), end: 'return' };
  return [[throws, { ...throws, end: 'return', thrown: undefined }], [plain]];
}

/** Whether the section wrote a record of each kind. A rollback of one kind says nothing about the others. */
function wroteEverything({ number, actor }: Section, { main, trial, subject }: TrialRun<unknown>): boolean {
  const own = main.records.filter((one) => one.section === number && one.outcome.status === 'ok');
  const written = tracesOf(trial).filter(
    (trace) => trace.actor === actor && own.some(({ step }) => step === trace.step),
  );
  return kindsOf(subject).every((kind) => written.some((trace) => trace.kind === kind));
}

/**
 * The writes of the inner section must be rolled back, and those of the outer one must stay. A flat transaction
 * cannot do that.
 */
const keptAround: Situation<unknown> = {
  name: 'a section that throws within one that commits',
  occurred: ({ main, trial }) => {
    const sections = sectionsOf(main, trial);
    return sections.some(
      (inner) =>
        inner.left?.outcome.status === 'error' &&
        sectionsAround(inner, sections).some(({ committed }) => committed),
    );
  },
};

/** A mutex that releases in a handler of the callback's promise gets no promise here. */
const thrownAtOnce: Situation<unknown> = {
  name: 'a callback that threw before it had returned a promise',
  occurred: ({ main, trial }) =>
    sectionsOf(main, trial).some(({ actor, entered, left }) => {
      const first = trial.actors[actor]?.steps[entered.step + 1];
      return first?.do === 'throw' && first.atOnce === true && left?.outcome.status === 'error';
    }),
};

/** A rollback must restore the state before the section, not the one before its last write. */
const rewritten: Situation<unknown> = {
  name: 'a section that wrote a record twice and then threw',
  occurred: (run) => {
    const puts = calls(run, 'streams.put').filter(({ record }) => record.outcome.status === 'ok');
    return sectionsOf(run.main, run.trial).some(
      ({ number, left, committed }) =>
        left?.outcome.status === 'error' &&
        !committed &&
        puts.filter(({ record }) => record.section === number).length > 1,
    );
  },
};

function section(
  { lock, shape, end, traces, rewrites, pauseMs, thrown }: Visit,
  digit: number,
  scope: Scope,
  subject: Subject,
): Step[] {
  const record = scope.id(recordOf(lock));
  const leaveAll = (name: string): Step[] =>
    traces.flatMap((kind) => {
      const trace = { kind, id: scope.id(`${kind.replaceAll(' ', '-')}-${name}`) };
      return rewrites ? rewriteTrace(trace) : [leaveTrace(trace)];
    });
  const throwing = { do: 'throw', message: `thrown by section ${digit}`, ...defined({ thrown }) } as const;
  const ends: Record<Visit['end'], Step[]> = {
    return: [leave],
    throw: [throwing],
    'throw at once': [{ ...throwing, atOnce: true }],
    fail: [view('streams.create', streamOf(record)), leave],
  };
  return sectionOf(shape, {
    lock: scope.id(lock),
    steps:
      end === 'throw at once'
        ? []
        : [
            ...(writes(subject) ? addDigit(record, digit) : []),
            ...(writes(subject) && rewrites ? addDigit(record, digit) : []),
            ...leaveAll(`new-${digit}`),
            ...pause(pauseMs),
          ],
    end: ends[end],
    reads: [record],
    inside: leaveAll(`within-${digit}`),
    aside: (name) => scope.id(`${name}-${digit}`),
  });
}
