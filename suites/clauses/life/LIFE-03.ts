import fc from 'fast-check';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import {
  failingWrite,
  failingWritesOf,
  failingWritesSetup,
  type FailingWrite,
} from '../../harness/cases/failingWrites.ts';
import { enter, leave, swallowed } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type Trial,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { overdueFailure, scripted, turn } from '../../harness/cases/script.ts';
import { leaveTrace, readTrace, recordKindsOf, type TraceKind } from '../../harness/cases/traces.ts';

/** How a use fails. `bound`: its wait for a lock that others want too is over at once. */
type Misuse = 'throw' | 'swallow' | 'reject' | 'call' | 'bound';

interface Failures {
  readonly kind: 'failures';
  readonly misuses: readonly { readonly how: Misuse; readonly write: FailingWrite | undefined }[];
  /** How often each is done, by each actor. */
  readonly rounds: number;
  /** Whether it has an instance of its own, which is closed after it. */
  readonly isLastUse: boolean;
}

interface Closing {
  readonly kind: 'closing';
  /** Whether a section of the instance is open as it is closed. */
  readonly holder: boolean;
  /** How often it is closed. */
  readonly times: number;
  readonly after: readonly TraceKind[];
}

type Case = Failures | Closing;

/** Actors that fail at once. */
const ACTORS = 8;
/** Rounds in which an instance with one connection an actor would lose each ten times. */
const MANY_ROUNDS = 10;
/** So many instances are used and closed one after another, that what each of them leaves behind shows. */
const INSTANCES = 6;

/**
 * Uses that fail, again and again, and then work that must complete: nothing was used up. And instances that are closed
 * once or twice, with a section open or not: close returns, every call after it is CLOSED, and other instances go on.
 *
 * First some instances are used and closed one after another: the host that they are opened in tells what each of them
 * leaves behind.
 */
export const LIFE_03: AnyProperty = property<Case>({
  clause: 'LIFE-03',
  alsoIn: ['small-pool'],
  slow: 5,
  topologies: ['one', 'shared'],
  schedules: 'free',
  arbitrary: (subject) =>
    fc.oneof(
      { weight: 13, arbitrary: failuresOf(subject, 2, 1) },
      { weight: 1, arbitrary: failuresOf(subject, 1, MANY_ROUNDS) },
      // Each of its cases is half of them, and must come up in a hundred trials.
      { weight: 2, arbitrary: closingOf(subject) },
    ),
  examples: (subject) => [
    ...Array.from({ length: INSTANCES }, () => lastUse(subject)),
    ...misusesOf(subject).map((how) => often(subject, how)),
    ...closings(subject),
  ],
  situations: (subject) => [
    ...certainOf(subject).map((how) => ({
      name: `a use that failed ${MANY_ROUNDS} times (${how})`,
      occurred: ({ input, main }: TrialRun<Case>) =>
        input.kind === 'failures' &&
        input.rounds === MANY_ROUNDS &&
        input.misuses.some((one) => one.how === how) &&
        main.records.some((record) => codeOf(record) !== undefined),
    })),
    ...closings(subject).map(({ holder, times }) => ({
      name: `an instance that was closed ${times === 1 ? 'once' : 'twice'}, ${holder ? 'with an open section' : 'without one'}`,
      occurred: ({ input, main }: TrialRun<Case>) =>
        input.kind === 'closing' &&
        input.holder === holder &&
        input.times === times &&
        main.records.some((record) => codeOf(record) === 'CLOSED'),
    })),
  ],
  trial: (input, scope, subject) =>
    input.kind === 'failures' ? failuresTrial(input, scope, subject) : closingTrial(input, scope, subject),
  judge: (run) =>
    run.input.kind === 'failures'
      ? undefined
      : (notClosed(run) ??
        otherClosed(run) ??
        overdueFailure(
          run,
          'close returns, also when a section is open, and every call after it is CLOSED at once',
        )),
  exercised: ({ input, main }) =>
    input.kind === 'closing' || main.records.some((record) => codeOf(record) !== undefined),
});

function misusesOf({ surfaces, capabilities }: Subject): Misuse[] {
  if (!surfaces.includes('locks')) return ['call'];
  return ['throw', 'swallow', 'reject', 'call', ...(capabilities.lockTimeout ? (['bound'] as const) : [])];
}

/** Everything that fails, once. */
function lastUse(subject: Subject): Case {
  const [write] = failingWritesOf(subject.surfaces);
  const misuses = misusesOf(subject).map((how) => ({ how, write }));
  return { kind: 'failures', misuses, rounds: 1, isLastUse: true };
}

/** Those that fail wherever they are tried; whether a bound is reached depends on others. */
function certainOf(subject: Subject): Misuse[] {
  const hows = misusesOf(subject).filter((how) => how !== 'bound');
  return failingWritesOf(subject.surfaces).length === 0 ? hows.filter((how) => how === 'throw') : hows;
}

/** One that fails in many rounds, so that what each of them uses up is missed in the end. */
function often(subject: Subject, how: Misuse): Failures {
  const [write] = failingWritesOf(subject.surfaces);
  return { kind: 'failures', misuses: [{ how, write }], rounds: MANY_ROUNDS, isLastUse: false };
}

function closings({ surfaces }: Subject): Closing[] {
  const after = recordKindsOf(surfaces);
  // Nothing could be called when it is closed.
  if (after.length === 0 && !surfaces.includes('locks')) return [];
  const holders = surfaces.includes('locks') ? [false, true] : [false];
  return holders.flatMap((holder) =>
    [1, 2].map((times): Closing => ({ kind: 'closing', holder, times, after })),
  );
}

function failuresOf(subject: Subject, kinds: number, rounds: number): fc.Arbitrary<Case> {
  const writes = failingWritesOf(subject.surfaces);
  const hows = misusesOf(subject);
  const misuse = fc.record({
    how: fc.constantFrom(...hows),
    write: writes.length === 0 ? fc.constant(undefined) : fc.constantFrom(...writes),
  });
  return fc.record({
    kind: fc.constant('failures' as const),
    misuses: fc.array(misuse, { minLength: 1, maxLength: kinds }),
    rounds: fc.constant(rounds),
    isLastUse: fc.constant(false),
  });
}

function closingOf({ surfaces }: Subject): fc.Arbitrary<Case> {
  const kinds = recordKindsOf(surfaces);
  return fc.record({
    kind: fc.constant('closing' as const),
    holder: surfaces.includes('locks') ? fc.boolean() : fc.constant(false),
    times: fc.integer({ min: 1, max: 2 }),
    after: kinds.length === 0 ? fc.constant([]) : fc.shuffledSubarray(kinds, { minLength: 1 }),
  });
}

function failuresTrial({ misuses, rounds, isLastUse }: Failures, scope: Scope, { surfaces }: Subject): Trial {
  const actors = Array.from({ length: ACTORS }, (_, number): Actor => {
    const once = misuses.flatMap(({ how, write }) => misuseSteps(how, write, number, scope));
    return { instance: 0, steps: Array.from({ length: rounds }, () => once).flat() };
  });
  const traces = recordKindsOf(surfaces)
    .slice(0, 1)
    .map((kind) => ({ kind, id: scope.id(`after-${kind}`) }));
  const work = surfaces.includes('locks') ? [enter(scope.id('own-0')), leave] : [];
  return {
    setup: failingWritesSetup(
      misuses.flatMap(({ write }) => write ?? []),
      scope,
    ),
    actors,
    finale: [...work, ...traces.flatMap((trace) => [leaveTrace(trace), readTrace(trace)])],
    patienceMs: 4_000,
    freshNamespace: isLastUse,
  };
}

function misuseSteps(how: Misuse, write: FailingWrite | undefined, actor: number, scope: Scope): Step[] {
  const id = scope.id(`own-${actor}`);
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
    case 'bound':
      return [enter(scope.id('wanted'), { timeoutMs: 1 }), leave];
    default:
      return how satisfies never;
  }
}

function closingTrial({ holder, times, after }: Closing, scope: Scope, { surfaces }: Subject): Trial {
  const s1 = scope.id('s1');
  const traces = after.map((kind) => ({ kind, id: scope.id(`after-${kind}`) }));
  return {
    ...scripted(
      [
        ...(holder ? [turn(1, enter(s1))] : []),
        ...Array.from({ length: times }, () => turn(0, { do: 'close' })),
        ...traces.flatMap((trace) => [turn(0, readTrace(trace)), turn(0, leaveTrace(trace))]),
        ...(surfaces.includes('locks') ? [turn(0, enter(s1)), turn(0, leave)] : []),
        ...(holder ? [turn(1, leave)] : []),
        ...otherWork(scope, surfaces).map((step) => turn(2, step)),
        turn(0, { do: 'reopen' }),
      ],
      [0, 0, 1],
    ),
    patienceMs: 5_000,
  };
}

/** What a second instance does, if there is one. */
function otherWork(scope: Scope, surfaces: Subject['surfaces']): Step[] {
  const [kind] = recordKindsOf(surfaces);
  const trace = kind === undefined ? undefined : { kind, id: scope.id(`elsewhere-${kind}`) };
  return [
    ...(surfaces.includes('locks') ? [enter(scope.id('elsewhere')), leave] : []),
    ...(trace === undefined ? [] : [leaveTrace(trace), readTrace(trace)]),
  ];
}

/** An instance that nobody closed, and that cannot be used since another one was closed. */
function otherClosed(run: TrialRun<Case>): Failure | undefined {
  const closed = run.main.records.find(({ actor }) => actor === 0)?.instance;
  const failed = run.main.records.find(
    (record) => record.actor === 2 && record.instance !== closed && codeOf(record) !== undefined,
  );
  if (failed?.outcome.status !== 'error') return undefined;
  const { error } = failed.outcome;
  return {
    summary: `An instance was closed, and a call on another one of its process (${whoOf(failed)}) failed with ${error.code ?? error.name}.`,
    expected: 'only its own close ends an instance',
    actual: `${error.code ?? error.name}: ${error.message}`,
    marked: [failed],
  };
}

function notClosed(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (record.actor !== 0 || (step.do === 'reopen' && code === undefined)) continue;
    if (step.do === 'close') {
      if (code === undefined) continue;
      return {
        summary: `close failed with ${code} (${whoOf(record)}).`,
        expected: 'close resolves, however often it is called',
        actual: code === 'none' ? 'an error without a code' : code,
        marked: [record],
      };
    }
    if (code === 'CLOSED' && step.do !== 'reopen') continue;
    return {
      summary: `After close had returned, a call (${whoOf(record)}) ${code === undefined ? 'succeeded' : `failed with ${code}`}.`,
      expected: 'CLOSED',
      actual: code === undefined ? 'success' : code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}
