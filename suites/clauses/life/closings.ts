/**
 * Closes instances, once or several times, with a section open, with a wait, or with neither. close must return,
 * waits must end, every later call must fail with CLOSED, and other instances must continue.
 */
import fc from 'fast-check';
import type { Closing, Step } from '../../../scenarios/host/language/program.ts';
import { enter, leave } from '../../harness/cases/generate.ts';
import { overdueFailure, scripted, turn, waits } from '../../harness/cases/script.ts';
import { leaveTrace, readTrace, recordKindsOf, type TraceKind } from '../../harness/cases/traces.ts';
import type { Failure, Scope, Situation, Subject, Trial, TrialRun } from '../../harness/engine/property.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';

/** What the instance is doing when it is closed. */
type UnderWay = 'nothing' | 'section' | 'wait';
const UNDER_WAY: Readonly<Record<UnderWay, string>> = {
  nothing: 'without an open section',
  section: 'with an open section',
  wait: 'with a wait for a lock',
};

/** How it is closed. */
type How = 'once' | 'twice' | Closing;
const HOWS: Readonly<
  Record<How, { readonly told: string; readonly steps: readonly { readonly how?: Closing }[] }>
> = {
  once: { told: 'once', steps: [{}] },
  twice: { told: 'twice', steps: [{}, {}] },
  'twice at once': { told: 'twice at once', steps: [{ how: 'twice at once' }] },
  dispose: { told: 'by its disposal', steps: [{ how: 'dispose' }] },
};

export interface Closed {
  readonly kind: 'closing';
  readonly underWay: UnderWay;
  readonly how: How;
  readonly after: readonly TraceKind[];
}

/** The indexes of the actors. */
const CLOSER = 0;
const INSIDE = 1;
const ELSEWHERE = 2;

const LISTED: readonly (readonly [UnderWay, How])[] = [
  ['nothing', 'once'],
  ['nothing', 'twice'],
  ['nothing', 'dispose'],
  ['section', 'once'],
  ['section', 'twice'],
  ['section', 'twice at once'],
  ['wait', 'once'],
];

export function closings({ surfaces }: Subject): Closed[] {
  const after = recordKindsOf(surfaces);
  const hasLocks = surfaces.includes('locks');
  // Without any surface there is no call to make after close.
  if (after.length === 0 && !hasLocks) return [];
  return LISTED.filter(([underWay]) => hasLocks || underWay === 'nothing').map(([underWay, how]): Closed => ({
    kind: 'closing',
    underWay,
    how,
    after,
  }));
}

export function closingOf({ surfaces }: Subject): fc.Arbitrary<Closed> {
  const kinds = recordKindsOf(surfaces);
  return fc.record({
    kind: fc.constant('closing' as const),
    underWay: surfaces.includes('locks')
      ? fc.constantFrom<UnderWay[]>('nothing', 'section', 'wait')
      : fc.constant('nothing' as const),
    how: fc.constantFrom<How[]>('once', 'twice', 'twice at once', 'dispose'),
    after: kinds.length === 0 ? fc.constant([]) : fc.shuffledSubarray(kinds, { minLength: 1 }),
  });
}

export function closingSituations(subject: Subject): Situation<{ readonly kind: string }>[] {
  return closings(subject).map(({ underWay, how }) => ({
    name: `an instance that was closed ${HOWS[how].told}, ${UNDER_WAY[underWay]}`,
    occurred: (run) => {
      const { main } = run;
      const input = run.input as Closed;
      return (
        input.kind === 'closing' &&
        input.underWay === underWay &&
        input.how === how &&
        main.records.some((record) => codeOf(record) === 'CLOSED') &&
        (underWay !== 'wait' || hadToWait(run))
      );
    },
  }));
}

export function closingTrial({ underWay, how, after }: Closed, scope: Scope, { surfaces }: Subject): Trial {
  const s1 = scope.id('s1');
  const traces = after.map((kind) => ({ kind, id: scope.id(`after-${kind}`) }));
  const isOpen = underWay !== 'nothing';
  const isWaiting = underWay === 'wait';
  return {
    ...scripted(
      [
        ...(isWaiting ? [turn(ELSEWHERE, enter(s1)), waits(INSIDE, enter(s1))] : []),
        ...(underWay === 'section' ? [turn(INSIDE, enter(s1))] : []),
        ...HOWS[how].steps.map((step) => turn(CLOSER, { do: 'close', ...step })),
        ...traces.flatMap((trace) => [turn(CLOSER, readTrace(trace)), turn(CLOSER, leaveTrace(trace))]),
        ...(surfaces.includes('locks') ? [turn(CLOSER, enter(s1)), turn(CLOSER, leave)] : []),
        ...(isOpen ? [turn(isWaiting ? ELSEWHERE : INSIDE, leave)] : []),
        // The waiting actor has no turn before its wait has ended.
        ...(isWaiting ? behindClose(scope, surfaces).map((step) => turn(INSIDE, step)) : []),
        ...otherWork(scope, surfaces, isWaiting ? s1 : scope.id('elsewhere')).map((step) =>
          turn(ELSEWHERE, step),
        ),
        turn(CLOSER, { do: 'reopen' }),
      ],
      [0, 0, 1],
    ),
    patienceMs: isWaiting ? 2_500 : 5_000,
  };
}

/** The steps of the waiting callback, if it is run. */
function behindClose(scope: Scope, surfaces: Subject['surfaces']): Step[] {
  const [kind] = recordKindsOf(surfaces);
  return [...(kind === undefined ? [] : [leaveTrace({ kind, id: scope.id(`behind-${kind}`) })]), leave];
}

/** The steps of a second instance, if there is one. If there was a wait, they use the lock that it waited for. */
function otherWork(scope: Scope, surfaces: Subject['surfaces'], lock: string): Step[] {
  const [kind] = recordKindsOf(surfaces);
  const trace = kind === undefined ? undefined : { kind, id: scope.id(`elsewhere-${kind}`) };
  return [
    ...(surfaces.includes('locks') ? [enter(lock), leave] : []),
    ...(trace === undefined ? [] : [leaveTrace(trace), readTrace(trace)]),
  ];
}

export function closingFailure(run: TrialRun<{ readonly kind: string }>): Failure | undefined {
  return (
    notClosed(run) ??
    wroteAfterClose(run) ??
    otherClosed(run) ??
    overdueFailure(
      run,
      'close returns, also when a section is open, waits for locks end when the lock is free at the latest, and every call after it is CLOSED at once',
    )
  );
}

/**
 * Whether an actor asked for the lock while another one held it, and was not let in before the instance was closed.
 */
function hadToWait(run: TrialRun<unknown>): boolean {
  const closed = closeIn(run);
  const asked = entered(run, INSIDE);
  if (closed === undefined || asked === undefined) return false;
  return asked.call < closed.call && closed.call < asked.return;
}

function closeIn(run: TrialRun<unknown>): TrialRun<unknown>['main']['records'][number] | undefined {
  return observed(run).find(({ step }) => step.do === 'close')?.record;
}

function entered(
  run: TrialRun<unknown>,
  actor: number,
): TrialRun<unknown>['main']['records'][number] | undefined {
  return observed(run).find(({ step, record }) => step.do === 'enter' && record.actor === actor)?.record;
}

/** The waiting callback was run after the instance was closed, and it wrote. */
function wroteAfterClose(run: TrialRun<unknown>): Failure | undefined {
  const closed = closeIn(run);
  const own = observed(run).filter(({ record }) => record.actor === INSIDE);
  const written = own.find(({ step }) => step.do === 'call')?.record;
  const left = own.find(({ step }) => step.do === 'leave')?.record;
  if ([closed, written, left].some((record) => record?.outcome.status !== 'ok')) return undefined;
  if (closed === undefined || written === undefined || written.call <= closed.return) return undefined;
  return {
    summary: `An instance was closed while it waited for a lock. After close had returned, the callback ran, and what it wrote (${whoOf(written)}) was stored.`,
    expected: 'the wait is refused, or every call of its callback is CLOSED',
    actual: 'a section on a closed instance',
    marked: [closed, written],
  };
}

/** An instance that nobody closed cannot be used after another one was closed. */
function otherClosed(run: TrialRun<unknown>): Failure | undefined {
  const closed = run.main.records.find(({ actor }) => actor === CLOSER)?.instance;
  const failed = run.main.records.find(
    (record) => record.actor === ELSEWHERE && record.instance !== closed && codeOf(record) !== undefined,
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

function notClosed(run: TrialRun<unknown>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (record.actor !== CLOSER || (step.do === 'reopen' && code === undefined)) continue;
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
