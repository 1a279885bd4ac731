import fc from 'fast-check';
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { addDigit, unexplained } from '../../harness/judging/effects.ts';
import {
  failingCode,
  failingWrite,
  failingWritesOf,
  failingWritesSetup,
  type FailingWrite,
} from '../../harness/cases/failingWrites.ts';
import { direct, leave, streamOf, swallowed, visitors } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { sectionsOf, type Section } from '../../harness/judging/sections.ts';
import {
  innermostAt,
  leaveTrace,
  readTrace,
  strayTrace,
  recordKindsOf,
  tracesOf,
  type TraceKind,
} from '../../harness/cases/traces.ts';
import {
  outliving,
  outlivingOf,
  outlivingSituations,
  wrongOutlived,
} from '../../harness/vocabulary/outliving.ts';
import {
  everyShape,
  plainShape,
  sectionOf,
  shapesFor,
  shapeSituations,
  type Shape,
} from '../../harness/vocabulary/shapes.ts';

type OutlivingTrace = Parameters<typeof outliving>[1];

interface Visit {
  readonly stream: 's1' | 's2';
  /** The write that fails and whose error the callback swallows. Undefined: the section commits. */
  readonly fails: FailingWrite | undefined;
  /** Whether the failing write comes before the writes that succeed. */
  readonly early: boolean;
  /** Whether a list follows the failing write. An adapter that buffers writes must flush for it. */
  readonly lists: boolean;
  readonly trace: TraceKind;
  readonly shape: Shape;
  /** The call that the callback leaves behind when it ends. Undefined: none. */
  readonly outlives: string | undefined;
  /** The call through the view after withLock has settled: whether it reads or writes, and which kind of record. */
  readonly late: { readonly does: 'read' | 'write'; readonly kind: TraceKind } | undefined;
}

type Case = readonly (readonly Visit[])[];

/**
 * Sections swallow the error of a write and continue. Nothing of them may commit, and withLock must reject with the
 * code of the failed write. After withLock has settled, the view must be CLOSED, even for calls that the callback
 * left behind.
 */
export const LOCK_18: AnyProperty = property<Case>({
  clause: 'LOCK-18',
  arbitrary: (subject) => {
    const { surfaces } = subject;
    const kinds = recordKindsOf(surfaces);
    const late = fc.record({
      does: fc.constantFrom('read' as const, 'write' as const),
      kind: fc.constantFrom(...kinds),
    });
    const visit: fc.Arbitrary<Visit> = fc.record({
      stream: fc.constantFrom('s1', 's2'),
      fails: fc.option(fc.constantFrom(...failingWritesOf(surfaces)), { freq: 4, nil: undefined }),
      early: fc.boolean(),
      lists: fc.boolean(),
      trace: fc.constantFrom(...kinds),
      shape: shapesFor(subject),
      outlives: fc.option(fc.constantFrom(...outlivingOf(subject)), { freq: 1, nil: undefined }),
      late: fc.option(late, { freq: 2, nil: undefined }),
    });
    return fc.array(fc.array(visit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 });
  },
  examples: (subject) => {
    const [refused, ...others] = failingWritesOf(subject.surfaces);
    return [
      ...others.map((fails) => example(subject, { fails })),
      ...recordKindsOf(subject.surfaces).flatMap((kind) =>
        (['read', 'write'] as const).map((does) =>
          example(subject, { trace: kind, late: { does, kind }, fails: refused }),
        ),
      ),
      ...everyShape(subject).map((shape) => example(subject, { shape, fails: refused })),
      ...outlivingOf(subject).map((outlives) => example(subject, { outlives, fails: refused })),
    ];
  },
  trial: (input, scope) => {
    const actors = visitors(input, (visit, digit) => section(visit, digit, scope));
    const streams = ['s1', 's2'].map((name) => scope.id(name));
    const setup = [
      ...streams.map((id) => direct('streams.create', streamOf(id))),
      ...failingWritesSetup(
        input.flat().flatMap(({ fails }) => fails ?? []),
        scope,
      ),
    ];
    return {
      setup,
      actors,
      finale: [
        ...streams.map((id) => direct('streams.get', id)),
        ...tracesOf({ setup, actors }).map(readTrace),
        ...leftBehind(input, scope).map(readTrace),
      ],
    };
  },
  judge: (run) =>
    wrongOutcome(run) ??
    unexplained(run) ??
    strayTrace(run) ??
    lateCall(run) ??
    wrongOutlived(run, leftBehind(run.input, run.scope)),
  exercised: ({ input }) => input.some((visits) => visits.some(({ fails }) => fails !== undefined)),
  situations: (subject) => [
    ...shapeSituations(subject, ({ left }) => left?.outcome.status === 'error'),
    ...failingWritesOf(subject.surfaces).map((kind) => ({
      name: `a callback that swallowed the error of this write: ${kind}`,
      occurred: (run: TrialRun<Case>) => {
        const write = JSON.stringify(failingWrite(kind, run.scope).args);
        return observed(run).some(
          ({ step, record }) =>
            step.do === 'call' && JSON.stringify(step.args) === write && codeOf(record) !== undefined,
        );
      },
    })),
    ...outlivingSituations(),
  ],
});

/** A section that commits and one that does not, with these properties. */
function example(subject: Subject, how: Partial<Visit>): Case {
  const visit: Visit = {
    stream: 's1',
    fails: undefined,
    early: false,
    lists: false,
    trace: 'stream',
    shape: plainShape(subject),
    outlives: undefined,
    late: undefined,
    ...how,
  };
  return [[{ ...visit, fails: undefined }], [{ ...visit, stream: 's2' }]];
}

/** The records of calls that were left behind. */
function leftBehind(input: Case, scope: Scope): OutlivingTrace[] {
  return input.flat().flatMap(({ outlives }, index) => {
    return outlives === undefined ? [] : [leftBy(index + 1, scope)];
  });
}

function leftBy(digit: number, scope: Scope): OutlivingTrace {
  return { kind: 'stream', id: scope.id(`left-${digit}`) };
}

function section(visit: Visit, digit: number, scope: Scope): Step[] {
  const { stream, fails, early, lists, trace, shape, outlives, late } = visit;
  const id = scope.id(stream);
  const failing = fails === undefined ? [] : [swallowed(failingWrite(fails, scope))];
  const list: CallStep = {
    do: 'call',
    via: 'view',
    method: 'streams.list',
    args: [{ limit: 2 }],
    swallow: true,
  };
  const left = outlives === undefined ? undefined : outliving(outlives, leftBy(digit, scope));
  return [
    ...sectionOf(shape, {
      lock: id,
      steps: [
        ...(early ? failing : []),
        // Calls after a failed write may fail too, with any code.
        ...addDigit(id, digit).map(swallowed),
        swallowed(leaveTrace({ kind: trace, id: scope.id(`new-${digit}`) })),
        ...(early ? [] : failing),
        ...(lists ? [list] : []),
        ...(left === undefined ? [] : [left.start]),
      ],
      end: [leave],
      reads: [id],
      aside: (name) => scope.id(`${name}-${digit}`),
    }),
    ...(left === undefined ? [] : [left.join]),
    ...(late === undefined ? [] : [lateStep(late, scope.id(`late-${digit}`))]),
  ];
}

function lateStep({ does, kind }: NonNullable<Visit['late']>, id: string): CallStep {
  return { ...(does === 'read' ? readTrace({ kind, id }) : leaveTrace({ kind, id })), via: 'dead-view' };
}

function wrongOutcome(run: TrialRun<unknown>): Failure | undefined {
  const { main, trial, scope } = run;
  for (const section of sectionsOf(main, trial)) {
    const { left, entered } = section;
    const expected = codesOf(section, run);
    if (left === undefined || expected.length === 0) continue;
    const code = codeOf(left);
    if (
      code === 'OUTCOME_UNKNOWN' ||
      code === 'UNAVAILABLE' ||
      (code !== undefined && expected.includes(code as StorageErrorCode))
    )
      continue;
    return {
      summary: `In a section of "${scope.name(section.stream)}" (${whoOf(entered)}) a write failed, the callback swallowed the error, and withLock ${code === undefined ? 'resolved' : `rejected with ${code}`}.`,
      expected: `withLock rejects with ${expected.join(' or ')}: a section with a failed write is doomed`,
      actual: code === undefined ? 'withLock resolved' : code === 'none' ? 'an error without a code' : code,
      marked: [...failedIn(section, run), left],
    };
  }
  return undefined;
}

/** The codes of the section's planned failures. Failures in inner sections do not count. */
function codesOf({ entered, actor }: Section, { trial, scope }: TrialRun<unknown>): StorageErrorCode[] {
  const steps = trial.actors[actor]?.steps ?? [];
  return steps.flatMap((step, index) => {
    const code = failingCode(step, scope);
    return code !== undefined && innermostAt(steps, index) === entered.step ? [code] : [];
  });
}

function failedIn({ number, attempt }: Section, { main }: TrialRun<unknown>): TrialRun<unknown>['finale'] {
  return main.records.filter(
    (record) => record.section === number && record.attempt === attempt && codeOf(record) !== undefined,
  );
}

function lateCall(run: TrialRun<unknown>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    if (step.do !== 'call' || step.via !== 'dead-view' || codeOf(record) === 'CLOSED') continue;
    return {
      summary: `The view of a section whose withLock had settled was still usable: ${step.method} (${whoOf(record)}).`,
      expected: 'CLOSED',
      actual: codeOf(record) ?? 'the call succeeded',
      marked: [record],
    };
  }
  return undefined;
}
