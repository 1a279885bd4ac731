import fc from 'fast-check';
import type { IdempotencyRecord } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, hold } from '../../harness/cases/generate.ts';
import { answeredOtherwise } from '../../harness/judging/answered.ts';
import { calls, codeOf, finaleValue, show, whoOf } from '../../harness/judging/observe.ts';
import { claimedMeanwhile } from '../../harness/parts/claimedMeanwhile.ts';
import { joined } from '../../harness/parts/joined.ts';
import { listedPrograms } from '../../harness/parts/listedPrograms.ts';
import { longClaim } from '../../harness/parts/longTimes.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { LEASE_MARGIN_MS, LONG_LEASE_MS } from '../../harness/cases/records.ts';
import { CLAIM_PROGRAMS, HELD_EXECUTION } from './claimPrograms.ts';
import { abandon, begin, begunBy, bodyOf, finish, oddError } from './executions.ts';

/**
 * What an actor does with its claim: it finishes, finishes twice, abandons the claim and then finishes, or does
 * nothing more.
 */
const ROLES = ['finish', 'twice', 'abandon', 'stop'] as const;
/**
 * What an actor finishes with instead: an invented claim, the claim of another token, or the answer to another
 * request.
 */
const WRONG_FINISHES = ['forge', 'foreign', 'other-request'] as const;

interface Plan {
  readonly role: (typeof ROLES)[number] | (typeof WRONG_FINISHES)[number];
  readonly leaseMs: number;
  /** Whether the actor begins after the short leases of the first actors have expired. */
  readonly comesLate: boolean;
  /**
   * Whether the claim is requested while a section of the actor is open that then throws. Calls on the instance do
   * not belong to the section.
   */
  readonly inThrowing: boolean;
  /** Whether the actor then sleeps until a late actor holds the token. */
  readonly sleeps: boolean;
}

type Case = readonly Plan[];

const OTHER_FINGERPRINT = 'cd'.repeat(32);
const LONGEST_SHORT_LEASE_MS = 15;
const LATE_MS = LONGEST_SHORT_LEASE_MS + LEASE_MARGIN_MS;
const SLEEP_MS = 2 * LATE_MS;

const plan: fc.Arbitrary<Plan> = fc.record({
  role: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...ROLES) },
    { weight: 1, arbitrary: fc.constantFrom(...WRONG_FINISHES) },
  ),
  leaseMs: fc.oneof(fc.integer({ min: 10, max: LONGEST_SHORT_LEASE_MS }), fc.constant(LONG_LEASE_MS)),
  comesLate: fc.boolean(),
  inThrowing: fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  sleeps: fc.boolean(),
});

const PLAIN: Plan = {
  role: 'finish',
  leaseMs: LONG_LEASE_MS,
  comesLate: false,
  inThrowing: false,
  sleeps: false,
};

/** The claim of one actor, from the begin that gave it. */
interface Execution {
  readonly plan: Plan;
  readonly begun: StepRecord;
  /** Before this time, in nanoseconds, nobody else may be given the token. */
  readonly heldUntil: number;
  /** The calls of finish with this claim for this token, in order. */
  readonly finishes: readonly StepRecord[];
  readonly abandoned: StepRecord | undefined;
}

/**
 * Actors execute one token under claims with a lease. Only the holder of the current claim may finish. Every other
 * finish must fail with CONFLICT and store nothing. An execution that was abandoned, or whose lease has expired, can
 * be started again.
 */
const CLAIMS: Property<Case> = {
  clause: 'IDEM-05',
  // Slow, because the programs wait most of the time.
  slow: 6,
  arbitrary: () => fc.array(plan, { minLength: 2, maxLength: 4 }),
  examples: () => [
    [{ ...PLAIN, inThrowing: true, role: 'stop' }, PLAIN],
    [
      { ...PLAIN, inThrowing: true },
      { ...PLAIN, role: 'forge' },
    ],
  ],
  situations: ({ surfaces }) =>
    surfaces.includes('locks')
      ? [{ name: 'an execution begun within a section that throws', occurred: begunInThrowing }]
      : [],
  trial: (plans, scope, { surfaces }) => ({
    actors: plans.map((one, index): Actor => {
      const inThrowing = one.inThrowing && surfaces.includes('locks');
      return { instance: index, steps: stepsOf({ ...one, inThrowing }, index, scope) };
    }),
    finale: [
      direct('idempotency.get', tokenOf(scope)),
      hold(plans.some(runsOut) ? LATE_MS : 0),
      begin(tokenOf(scope), LONG_LEASE_MS),
    ],
  }),
  judge: (run) => {
    const executions = executionsOf(run);
    return (
      oddError(run) ??
      finishedWithoutClaim(run) ??
      startedTwice(executions) ??
      finishedAfterTakeover(executions) ??
      refused(executions) ??
      wrongEnd(executions, run)
    );
  },
  // A trial tests the clause only if an actor finishes without the current claim.
  exercised: (run) => calls(run, 'idempotency.finish').some(({ record }) => codeOf(record) !== undefined),
};

export const IDEM_05: AnyProperty = property(
  joined(
    joined(joined(CLAIMS, longClaim), claimedMeanwhile(HELD_EXECUTION)),
    listedPrograms(CLAIM_PROGRAMS, () => true),
  ),
);

function tokenOf(scope: Scope): string {
  return `settle:${scope.asIs('k1')}`;
}

function runsOut(one: Plan): boolean {
  return one.leaseMs < LONG_LEASE_MS;
}

function stepsOf(one: Plan, actor: number, scope: Scope): Step[] {
  const { role, leaseMs, comesLate, inThrowing, sleeps } = one;
  const token = tokenOf(scope);
  const comes = comesLate ? [hold(LATE_MS)] : [];
  const begins: Step[] = inThrowing
    ? [
        enter(scope.id(`lock-${actor + 1}`)),
        begin(token, leaseMs),
        { do: 'throw', message: 'the section gives up' },
      ]
    : [begin(token, leaseMs)];
  const own = [...comes, ...begins, ...(sleeps ? [hold(SLEEP_MS)] : [])];
  switch (role) {
    case 'finish':
      return [...own, finish(token, actor)];
    case 'twice':
      return [...own, finish(token, actor), finish(token, actor)];
    case 'abandon':
      return [...own, abandon, finish(token, actor)];
    case 'stop':
      return own;
    case 'forge':
      return [...comes, finish(token, actor, 'a claim that nobody was given')];
    case 'other-request':
      return [...own, finish(token, actor, undefined, OTHER_FINGERPRINT)];
    case 'foreign':
      return [
        ...comes,
        begin(`settle:${scope.asIs(`of-actor-${actor + 1}`)}`, leaseMs),
        finish(token, actor),
      ];
    default:
      return role satisfies never;
  }
}

function begunInThrowing(run: TrialRun<Case>): boolean {
  return calls(run, 'idempotency.begin').some(
    ({ record }) => record.section !== undefined && begunBy(record)?.outcome === 'started',
  );
}

function executionsOf(run: TrialRun<Case>): Execution[] {
  const ofActor = (method: 'idempotency.finish' | 'idempotency.abandon', actor: number): StepRecord[] =>
    calls(run, method).flatMap(({ record }) => (record.actor === actor ? [record] : []));
  return calls(run, 'idempotency.begin').flatMap(({ record }) => {
    const own = run.input[record.actor] as Plan;
    if (own.role === 'foreign' || begunBy(record)?.outcome !== 'started') return [];
    const [abandoned] = ofActor('idempotency.abandon', record.actor);
    const leaseEnd = record.call + (own.leaseMs - LEASE_MARGIN_MS) * 1e6;
    const heldUntil = Math.min(leaseEnd, abandoned?.call ?? leaseEnd);
    const finishes = own.role === 'other-request' ? [] : ofActor('idempotency.finish', record.actor);
    return [{ plan: own, begun: record, heldUntil, abandoned, finishes }];
  });
}

function succeeded(record: StepRecord): boolean {
  return record.outcome.status === 'ok';
}

/** A finish succeeded with a claim of another token, or with a claim that was used already. */
function finishedWithoutClaim(run: TrialRun<Case>): Failure | undefined {
  const why: Partial<Record<Plan['role'], string>> = {
    forge: 'with a claim that nobody was given',
    foreign: 'with the claim of another token',
    'other-request': 'with the answer to a request of another fingerprint',
    abandon: 'with a claim that it had abandoned',
    twice: 'a second time with the same claim',
  };
  for (const { record } of calls(run, 'idempotency.finish')) {
    const { role } = run.input[record.actor] as Plan;
    const how = why[role];
    const first = role === 'twice' && run.trial.actors[record.actor]!.steps.length - 1 !== record.step;
    if (how === undefined || first || !succeeded(record)) continue;
    return {
      summary: `${whoOf(record)} finished the execution ${how}.`,
      expected: 'CONFLICT: finishing needs the claim that started the execution',
      actual: 'the answer was stored',
      marked: [record],
    };
  }
  return undefined;
}

/** Two executions of the token overlapped although neither had been abandoned or had lost its lease. */
function startedTwice(executions: readonly Execution[]): Failure | undefined {
  for (const [index, one] of executions.entries()) {
    const other = executions
      .slice(index + 1)
      .find(({ begun, heldUntil }) => begun.return < one.heldUntil && one.begun.return < heldUntil);
    if (other === undefined) continue;
    return {
      summary: `One token was begun by ${whoOf(one.begun)} and by ${whoOf(other.begun)}, although neither had abandoned its claim, within leases of ${one.plan.leaseMs} and ${other.plan.leaseMs} ms.`,
      expected: 'one of them starts; the other gets inProgress, or the record',
      actual: 'both were told that they started',
      marked: [one.begun, other.begun],
    };
  }
  return undefined;
}

/** An execution finished although a later one had started. */
function finishedAfterTakeover(executions: readonly Execution[]): Failure | undefined {
  for (const one of executions) {
    const finished = one.finishes.find(succeeded);
    if (finished === undefined) continue;
    const later = executions.find(({ begun }) => begun.call > one.begun.return);
    if (later === undefined) continue;
    const late = later.begun.return < finished.call;
    return {
      summary: late
        ? `${whoOf(finished)} finished the execution although ${whoOf(later.begun)} had taken it over after a lease of ${one.plan.leaseMs} ms.`
        : `${whoOf(later.begun)} started the execution again although ${whoOf(finished)}, which had begun before, finished it.`,
      expected: late
        ? 'CONFLICT: the claim is no longer the current one'
        : 'a replay, or CONFLICT for the finish',
      actual: 'both were accepted',
      marked: [finished, later.begun],
    };
  }
  return undefined;
}

/** A finish with the current claim, within its lease, was refused. */
function refused(executions: readonly Execution[]): Failure | undefined {
  const wrong = executions.find(
    ({ finishes: [first], heldUntil }) =>
      first !== undefined && codeOf(first) === 'CONFLICT' && first.return < heldUntil,
  );
  if (wrong === undefined) return undefined;
  const finished = wrong.finishes[0] as StepRecord;
  return {
    summary: `${whoOf(finished)} could not finish the execution that it had started, within its lease of ${wrong.plan.leaseMs} ms.`,
    expected: 'the answer is stored',
    actual: 'CONFLICT',
    marked: [wrong.begun, finished],
  };
}

/** Judges what is stored at the end, and what the next request is told. */
function wrongEnd(executions: readonly Execution[], run: TrialRun<Case>): Failure | undefined {
  const winners = executions.flatMap(({ finishes }) => finishes.filter(succeeded));
  const [winner] = winners;
  const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
  const expected = winner === undefined ? undefined : bodyOf(winner.actor);
  if (winners.length > 1 || stored?.body !== expected) {
    return {
      summary: `${winners.length} executions of a token were finished${winner === undefined ? '' : ` (${winners.map(whoOf).join('; ')})`}, and ${stored?.body ?? 'nothing'} is stored.`,
      expected: 'one execution is finished at most, and its answer is what is stored',
      actual: `stored: ${stored?.body ?? 'nothing'}`,
      marked: winners,
    };
  }
  const answered = winner === undefined ? undefined : answeredOtherwise('idempotency.finish', winner, stored);
  return answered ?? wrongNext(executions, run, winner);
}

function wrongNext(
  executions: readonly Execution[],
  run: TrialRun<Case>,
  winner: StepRecord | undefined,
): Failure | undefined {
  const isHeld = executions.some((one) => !runsOut(one.plan) && one.abandoned === undefined);
  const outcome = winner !== undefined ? 'replay' : isHeld ? 'inProgress' : 'started';
  const last = run.finale.find(({ step }) => step === 2);
  const next = last === undefined ? undefined : begunBy(last);
  if (last === undefined || next?.outcome === outcome) return undefined;
  const why = {
    replay: 'it was finished',
    inProgress: 'somebody holds it',
    started: 'every execution was abandoned, or its lease has expired',
  };
  return {
    summary: `The next request with the token was answered ${show(next?.outcome, run.scope)}, although ${why[outcome]}.`,
    expected: outcome,
    actual: show(next, run.scope),
    marked: [last],
  };
}
