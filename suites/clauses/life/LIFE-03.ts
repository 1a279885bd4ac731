import fc from 'fast-check';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import {
  failingWrite,
  failingWritesOf,
  failingWritesSetup,
  type FailingWrite,
} from '../../harness/cases/failingWrites.ts';
import { enter, leave, swallowed } from '../../harness/cases/generate.ts';
import { codeOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Scope,
  type Subject,
  type Trial,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { leaveTrace, readTrace, recordKindsOf } from '../../harness/cases/traces.ts';
import {
  closingFailure,
  closingOf,
  closings,
  closingSituations,
  closingTrial,
  type Closed,
} from './closings.ts';

/** How a use fails. `bound`: its wait for a lock that others also want times out at once. */
type Misuse = 'throw' | 'swallow' | 'reject' | 'call' | 'bound';

interface Failures {
  readonly kind: 'failures';
  readonly misuses: readonly { readonly how: Misuse; readonly write: FailingWrite | undefined }[];
  /** How often each actor repeats each use. */
  readonly rounds: number;
  /** Whether the uses have an instance of their own, which is closed afterwards. */
  readonly isLastUse: boolean;
}

type Case = Failures | Closed;

/** How many actors fail at once. */
const ACTORS = 8;
/** With this many rounds, an instance that loses a connection with each failure loses ten per actor. */
const MANY_ROUNDS = 10;
/** How many instances are used and closed one after another, so that what each of them leaves behind is noticed. */
const INSTANCES = 6;

/**
 * Uses fail again and again, and then work must still complete, because nothing was used up. Other cases close
 * instances.
 * First some instances are used and closed one after another, and their host reports what each of them leaves behind.
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
      // This needs half of the cases: each kind of closing must occur within a hundred trials.
      { weight: 2, arbitrary: closingOf(subject) },
    ),
  examples: (subject) => [
    ...Array.from({ length: INSTANCES }, () => lastUse(subject)),
    ...misusesOf(subject).map((how) => failingOften(subject, how)),
    ...closings(subject),
  ],
  situations: (subject) => [
    ...alwaysFailing(subject).map((how) => ({
      name: `a use that failed ${MANY_ROUNDS} times (${how})`,
      occurred: ({ input, main }: TrialRun<Case>) =>
        input.kind === 'failures' &&
        input.rounds === MANY_ROUNDS &&
        input.misuses.some((one) => one.how === how) &&
        main.records.some((record) => codeOf(record) !== undefined),
    })),
    ...closingSituations(subject),
  ],
  trial: (input, scope, subject) =>
    input.kind === 'failures' ? failuresTrial(input, scope, subject) : closingTrial(input, scope, subject),
  judge: (run) => (run.input.kind === 'failures' ? undefined : closingFailure(run)),
  exercised: ({ input, main }) =>
    input.kind === 'closing' || main.records.some((record) => codeOf(record) !== undefined),
});

function misusesOf({ surfaces, capabilities }: Subject): Misuse[] {
  if (!surfaces.includes('locks')) return ['call'];
  return ['throw', 'swallow', 'reject', 'call', ...(capabilities.lockTimeout ? (['bound'] as const) : [])];
}

/** Every failing use, once. */
function lastUse(subject: Subject): Case {
  const [write] = failingWritesOf(subject.surfaces);
  const misuses = misusesOf(subject).map((how) => ({ how, write }));
  return { kind: 'failures', misuses, rounds: 1, isLastUse: true };
}

/** The uses that fail wherever they are tried. Whether a wait times out depends on others. */
function alwaysFailing(subject: Subject): Misuse[] {
  const hows = misusesOf(subject).filter((how) => how !== 'bound');
  return failingWritesOf(subject.surfaces).length === 0 ? hows.filter((how) => how === 'throw') : hows;
}

/** One use that fails in many rounds, so that a leak in each of them exhausts the resource. */
function failingOften(subject: Subject, how: Misuse): Failures {
  const [write] = failingWritesOf(subject.surfaces);
  return { kind: 'failures', misuses: [{ how, write }], rounds: MANY_ROUNDS, isLastUse: false };
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
