import fc from 'fast-check';
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { Actor, CallStep, Step } from '../../../scenarios/host/program.ts';
import { addDigit, unexplained } from '../../harness/effects.ts';
import {
  failingCode,
  failingWrite,
  failingWritesOf,
  failingWritesSetup,
  type FailingWrite,
} from '../../harness/failingWrites.ts';
import { direct, enter, leave, streamOf, swallowed } from '../../harness/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';
import { sectionsOf, type Section } from '../../harness/sections.ts';
import {
  leaveTrace,
  readTrace,
  strayTrace,
  recordKindsOf,
  tracesOf,
  type TraceKind,
} from '../../harness/traces.ts';

interface Visit {
  readonly stream: 's1' | 's2';
  /** The write that fails and whose error the callback swallows; none: a section that commits. */
  readonly fails: FailingWrite | undefined;
  /** Whether it comes before the writes that succeed. */
  readonly early: boolean;
  /** Whether a list follows it, which an adapter that buffers writes has to flush for. */
  readonly lists: boolean;
  readonly trace: TraceKind;
  /** What is tried through the view once withLock has settled, on the surface of which kind of record. */
  readonly late: { readonly does: 'read' | 'write'; readonly kind: TraceKind } | undefined;
}

/**
 * Sections that swallow the error of a write and carry on. Nothing of them may commit, and withLock rejects with the
 * code of the write that failed. After it has settled the view is CLOSED.
 */
export const LOCK_18: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'LOCK-18',
  arbitrary: ({ surfaces }) => {
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
      late: fc.option(late, { freq: 2, nil: undefined }),
    });
    return fc.array(fc.array(visit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 });
  },
  examples: ({ surfaces }) =>
    recordKindsOf(surfaces).flatMap((kind) =>
      (['read', 'write'] as const).map((does) => lateCase(does, kind, failingWritesOf(surfaces)[0])),
    ),
  trial: (input, scope) => {
    let digit = 0;
    const actors = input.map((visits, instance): Actor => {
      const steps = visits.flatMap((visit) => {
        digit += 1;
        return section(visit, digit, scope);
      });
      return { instance, steps };
    });
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
      ],
    };
  },
  judge: (run) => wrongOutcome(run) ?? unexplained(run) ?? strayTrace(run) ?? lateCall(run),
  exercised: ({ input }) => input.some((visits) => visits.some(({ fails }) => fails !== undefined)),
});

/** A section that commits and one that does not, and the view of each is used once more. */
function lateCase(
  does: 'read' | 'write',
  kind: TraceKind,
  fails: FailingWrite | undefined,
): readonly (readonly Visit[])[] {
  const visit = { early: false, lists: false, trace: kind, late: { does, kind } };
  return [[{ ...visit, stream: 's1', fails: undefined }], [{ ...visit, stream: 's2', fails }]];
}

function section({ stream, fails, early, lists, trace, late }: Visit, digit: number, scope: Scope): Step[] {
  const id = scope.id(stream);
  const failing = fails === undefined ? [] : [swallowed(failingWrite(fails, scope))];
  const list: CallStep = {
    do: 'call',
    via: 'view',
    method: 'streams.list',
    args: [{ limit: 2 }],
    swallow: true,
  };
  return [
    enter(id),
    ...(early ? failing : []),
    // What follows a failed write may fail as well, with whatever code.
    ...addDigit(id, digit).map(swallowed),
    swallowed(leaveTrace({ kind: trace, id: scope.id(`new-${digit}`) })),
    ...(early ? [] : failing),
    ...(lists ? [list] : []),
    leave,
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

/** The codes of the writes of the section that were bound to fail. */
function codesOf({ entered, left, actor }: Section, { trial, scope }: TrialRun<unknown>): StorageErrorCode[] {
  const steps = trial.actors[actor]?.steps.slice(entered.step, left?.step) ?? [];
  return steps.flatMap((step) => failingCode(step, scope) ?? []);
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
