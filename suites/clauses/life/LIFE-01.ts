import fc from 'fast-check';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import {
  failingWrite,
  failingWritesOf,
  failingWritesSetup,
  type FailingWrite,
} from '../../harness/cases/failingWrites.ts';
import { enter, hold, leave, swallowed } from '../../harness/cases/generate.ts';
import { codeOf, observed, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
  type Trial,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { overdueFailure, scripted, turn, waits, type Turn } from '../../harness/cases/script.ts';
import {
  leaveTrace,
  readTrace,
  showsTrace,
  recordKindsOf,
  type Trace,
  type TraceKind,
} from '../../harness/cases/traces.ts';

/**
 * How the first use of the instance fails: a section that throws, one that swallows the error of a call, one that
 * rejects with that error, or a failing call outside sections.
 */
type Misuse = 'throw' | 'swallow' | 'reject' | 'call';

interface Failures {
  readonly kind: 'failures';
  /** One for each actor, all at once, so that each has a connection of its own. */
  readonly misuses: readonly { readonly how: Misuse; readonly write: FailingWrite | undefined }[];
  /** What is written afterwards, outside sections. */
  readonly traces: readonly TraceKind[];
}

interface Settings {
  readonly kind: 'settings';
  /** The timeouts of the first waits. */
  readonly timeoutsMs: readonly number[];
  /** Whether these waits time out. Otherwise they are all granted at once. */
  readonly inVain: boolean;
  /** How much longer than the longest timeout the holder then holds the lock. */
  readonly longerMs: number;
}

type Case = Failures | Settings;

/**
 * Sections and calls fail, all at once, and then the same instance makes plain writes. Another instance must see each
 * write at once, because no connection was left inside a transaction. In other cases, sections with a short timeout
 * are followed by one without: it must wait longer than they did, because no connection kept the setting.
 */
export const LIFE_01: AnyProperty = property<Case>({
  clause: 'LIFE-01',
  topologies: ['shared'],
  schedules: 'free',
  arbitrary: (subject) => {
    const settings = settingsOf(subject);
    const failures = failuresOf(subject);
    return settings === undefined
      ? failures
      : fc.oneof({ weight: 4, arbitrary: failures }, { weight: 1, arbitrary: settings });
  },
  examples: (subject) => [
    ...misused(subject),
    ...(mayBound(subject)
      ? [false, true].map((inVain): Settings => {
          return { kind: 'settings', timeoutsMs: [10, 10], inVain, longerMs: 15 };
        })
      : []),
  ],
  trial: (input, scope, subject) =>
    input.kind === 'failures' ? failuresTrial(input, scope, subject) : settingsTrial(input, scope),
  judge: (run) => {
    if (run.input.kind === 'settings') return keptSetting(run);
    return (
      unseenWrite(run, run.input) ??
      overdueFailure(run, 'a connection that was used before serves the next caller')
    );
  },
  exercised: ({ input, main }) =>
    input.kind === 'settings' || main.records.some((record) => codeOf(record) !== undefined),
  situations: (subject) => [
    ...alwaysFailing(subject).map((how) => failedUse(USES[how], (misuse) => misuse.how === how)),
    ...failingWritesOf(subject.surfaces).map((write) =>
      failedUse(
        `a write that failed (${write})`,
        (misuse) => misuse.write === write && misuse.how !== 'throw',
      ),
    ),
    ...(mayBound(subject) ? [outwaited(false), outwaited(true)] : []),
  ],
});

const USES: Readonly<Record<Misuse, string>> = {
  throw: 'a section that threw',
  swallow: 'a section that swallowed the error of a write',
  reject: 'a section that rejected with the error of a write',
  call: 'a write outside sections that failed',
};

/** The uses that fail in every case. Without a failing write, some uses do not fail. */
function alwaysFailing({ surfaces }: Subject): Misuse[] {
  const locks = surfaces.includes('locks');
  const writes = failingWritesOf(surfaces).length > 0;
  return [
    ...(locks ? (['throw'] as const) : []),
    ...(locks && writes ? (['swallow', 'reject'] as const) : []),
    ...(writes ? (['call'] as const) : []),
  ];
}

/** Every failing write in turn, failing in each way, followed by writes of every kind. */
function misused(subject: Subject): Failures[] {
  const hows = alwaysFailing(subject);
  if (hows.length === 0) return [];
  const writes = failingWritesOf(subject.surfaces);
  const traces = recordKindsOf(subject.surfaces);
  return (writes.length === 0 ? [undefined] : writes).map((write) => ({
    kind: 'failures',
    misuses: hows.map((how) => ({ how, write })),
    traces,
  }));
}

/** One of these uses failed, and then all other calls were answered. */
function failedUse(name: string, isMeant: (misuse: Failures['misuses'][number]) => boolean): Situation<Case> {
  return {
    name: `${name}, before its instance was used again`,
    occurred: ({ input, main }) =>
      input.kind === 'failures' &&
      input.misuses.some(
        (misuse, actor) =>
          isMeant(misuse) &&
          main.records.some((record) => record.actor === actor && codeOf(record) !== undefined),
      ) &&
      main.records.some(({ actor, outcome }) => actor === input.misuses.length && outcome.status === 'ok'),
  };
}

const outwaited = (inVain: boolean): Situation<Case> => ({
  name: `a wait without a bound that was longer than the bounds before it, which were ${inVain ? 'reached' : 'not reached'}`,
  occurred: (run) => {
    const { input } = run;
    if (input.kind !== 'settings' || input.inVain !== inVain) return false;
    const boundNs = Math.max(...input.timeoutsMs) * 1e6;
    return observed(run).some(
      ({ step, record }) =>
        step.do === 'enter' &&
        step.timeoutMs === undefined &&
        record.actor < input.timeoutsMs.length &&
        record.outcome.status === 'ok' &&
        record.return - record.call > boundNs,
    );
  },
});

function mayBound({ surfaces, capabilities }: Subject): boolean {
  return surfaces.includes('locks') && capabilities.lockTimeout;
}

function failuresOf({ surfaces }: Subject): fc.Arbitrary<Case> {
  const writes = failingWritesOf(surfaces);
  const kinds = recordKindsOf(surfaces);
  const hows: Misuse[] = surfaces.includes('locks') ? ['throw', 'swallow', 'reject', 'call'] : ['call'];
  const misuse = fc.record({
    how: fc.constantFrom(...hows),
    write: writes.length === 0 ? fc.constant(undefined) : fc.constantFrom(...writes),
  });
  return fc.record({
    kind: fc.constant('failures' as const),
    misuses: fc.array(misuse, { minLength: 1, maxLength: 4 }),
    traces:
      kinds.length === 0
        ? fc.constant([])
        : fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }),
  });
}

function settingsOf(subject: Subject): fc.Arbitrary<Case> | undefined {
  if (!mayBound(subject)) return undefined;
  return fc.record({
    kind: fc.constant('settings' as const),
    timeoutsMs: fc.array(fc.integer({ min: 10, max: 20 }), { minLength: 2, maxLength: 2 }),
    inVain: fc.boolean(),
    longerMs: fc.integer({ min: 15, max: 25 }),
  });
}

function failuresTrial({ misuses, traces }: Failures, scope: Scope, { surfaces }: Subject): Trial {
  const reader = misuses.length;
  const parts = misuses.map(({ how, write }, index) => misuseSteps(how, write, scope.id(`m${index}`), scope));
  // All sections are entered before any of them ends.
  const opened = parts.flatMap((steps, actor) => steps.slice(0, 1).map((step) => turn(actor, step)));
  const ended = parts.flatMap((steps, actor) => steps.slice(1).map((step) => turn(actor, step)));
  const written = tracesOfCase(traces, scope).flatMap((trace, index) => [
    turn(index % misuses.length, leaveTrace(trace)),
    turn(reader, readTrace(trace)),
  ]);
  // A transaction that was left open would keep the locks of its section.
  const locked = surfaces.includes('locks')
    ? misuses.flatMap((_, index) => [turn(reader, enter(scope.id(`m${index}`))), turn(reader, leave)])
    : [];
  return {
    setup: failingWritesSetup(
      misuses.flatMap(({ write }) => write ?? []),
      scope,
    ),
    ...scripted([...opened, ...ended, ...written, ...locked], [...misuses.map(() => 0), 1]),
    patienceMs: 3_000,
  };
}

function tracesOfCase(kinds: readonly TraceKind[], scope: Scope): Trace[] {
  return kinds.map((kind, index) => ({ kind, id: scope.id(`after-${index}`) }));
}

function misuseSteps(how: Misuse, write: FailingWrite | undefined, id: string, scope: Scope): Step[] {
  const failing: CallStep[] = write === undefined ? [] : [failingWrite(write, scope)];
  switch (how) {
    case 'throw':
      return [enter(id), { do: 'throw', message: 'thrown by the callback' }];
    case 'swallow':
      return [enter(id), ...failing.map(swallowed), leave];
    case 'reject':
      return [enter(id), ...failing, leave];
    case 'call':
      return failing;
    default:
      return how satisfies never;
  }
}

function unseenWrite(run: TrialRun<Case>, { misuses, traces }: Failures): Failure | undefined {
  const steps = observed(run);
  for (const trace of tracesOfCase(traces, run.scope)) {
    const write = steps.find(({ step }) => same(step, leaveTrace(trace)))?.record;
    const read = steps.find(({ step }) => same(step, readTrace(trace)))?.record;
    if (write === undefined || read === undefined) continue;
    if (codeOf(write) === undefined && codeOf(read) === undefined && showsTrace(trace, valueOf(read)))
      continue;
    const failed = codeOf(write) ?? codeOf(read);
    return {
      summary: `After ${misuses.length} failed uses a plain write of a ${trace.kind} record (${whoOf(write)}) ${failed === undefined ? 'was not seen by another instance' : `failed with ${failed}`}.`,
      expected: 'a write that has returned is stored, whatever its connection did before',
      actual: failed ?? 'the write returned, and another instance read that there is no such record',
      marked: [write, read],
    };
  }
  return undefined;
}

function same(one: Step, other: Step): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Actors wait with a timeout on the connections of one instance, and then wait without one, all at once, so that each
 * uses one of these connections. The locks are held by another instance, because within the same instance the waits
 * might not need a connection.
 */
function settingsTrial({ timeoutsMs, inVain, longerMs }: Settings, scope: Scope): Trial {
  const count = timeoutsMs.length;
  const ofEach = (turns: (index: number, id: string) => Turn): Turn[] =>
    timeoutsMs.map((_, index) => turns(index, scope.id(`wanted-${index}`)));
  return {
    ...scripted(
      [
        ...(inVain ? ofEach((index) => turn(count + index, enter(scope.id(`bounded-${index}`)))) : []),
        ...timeoutsMs.map((timeoutMs, index) =>
          turn(index, enter(scope.id(`bounded-${index}`), { timeoutMs })),
        ),
        ...ofEach((index) => turn(index, leave)),
        ...(inVain ? ofEach((index) => turn(count + index, leave)) : []),
        ...ofEach((index, id) => turn(count + index, enter(id))),
        ...ofEach((index, id) => waits(index, enter(id))),
        turn(count, hold(Math.max(...timeoutsMs) + longerMs)),
        ...ofEach((index) => turn(count + index, leave)),
        ...ofEach((index) => turn(index, leave)),
      ],
      [...timeoutsMs.map(() => 0), ...timeoutsMs.map(() => 1)],
    ),
    patienceMs: 3_000,
  };
}

function keptSetting(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    if (step.do !== 'enter' || step.timeoutMs !== undefined || codeOf(record) !== 'LOCK_TIMEOUT') continue;
    const ms = ((record.return - record.call) / 1e6).toFixed(0);
    return {
      summary: `A wait without a timeout (${whoOf(record)}) timed out after ${ms} ms, like an earlier wait with a timeout on the same connection.`,
      expected: 'timeoutMs applies only to the call to which it was given',
      actual: 'LOCK_TIMEOUT',
      marked: [record],
    };
  }
  return undefined;
}
