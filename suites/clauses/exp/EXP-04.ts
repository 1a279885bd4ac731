import fc from 'fast-check';
import type { ClaimedJob, ExportJob } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, hold, saved } from '../../harness/cases/generate.ts';
import { answeredOtherwise, shownOtherwise } from '../../harness/judging/answered.ts';
import { calls, codeOf, finaleValue, observed, show, valueOf, whoOf } from '../../harness/judging/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/engine/property.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { jobOf, LEASE_MARGIN_MS, LONG_LEASE_MS, READY_PATCH } from '../../harness/cases/records.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { overdueFailure, scripted, turn } from '../../harness/cases/script.ts';

const LATE_CALLS = ['complete', 'fail', 'heartbeat'] as const;

interface Case {
  readonly leaseMs: number;
  /** Whether the stalled worker renews its lease before it sleeps. */
  readonly renews: boolean;
  /** What the stalled worker does when it wakes up. */
  readonly late: (typeof LATE_CALLS)[number];
  /**
   * Whether the stalled worker wakes up before another worker has claimed the job. Then an adapter may accept its
   * call.
   */
  readonly isEarlier: boolean;
  /** How many other workers ask for the job, one after the other. */
  readonly takers: number;
  /** How the worker that is given the job ends it. */
  readonly end: 'complete' | 'fail';
}

const PLAIN: Case = {
  leaseMs: 10,
  renews: false,
  late: 'complete',
  isEarlier: false,
  takers: 1,
  end: 'complete',
};

/** The lease is long enough to be renewed, even if each call takes a tenth of a second. */
const RENEWING: Case = { ...PLAIN, leaseMs: 250, renews: true };

/** A long text that columns of limited length do not hold. */
const REASON = ` the disk is full: cafe\u0301\n ${'0'.repeat(300)} `;
const TAKERS_URL = `https://files.invalid/of-the-next-worker?file=a%2Fb%252F+c%20d&signature=${'0'.repeat(300)}`;
const STALLED_URL = 'https://files.invalid/of-the-stalled-worker';

/**
 * A worker claims a job and sleeps until its lease has expired. Exactly one other worker must be given the job. When
 * the first worker wakes up, its call must fail with CONFLICT, and the job must end as the second worker says.
 */
export const EXP_04: AnyProperty = property<Case>({
  clause: 'EXP-04',
  schedules: 'scheduled',
  arbitrary: () =>
    fc.record({
      leaseMs: fc.integer({ min: 10, max: 30 }),
      renews: fc.boolean(),
      late: fc.constantFrom(...LATE_CALLS),
      isEarlier: fc.oneof(
        { weight: 3, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      takers: fc.integer({ min: 1, max: 3 }),
      end: fc.oneof(
        { weight: 3, arbitrary: fc.constant('complete' as const) },
        { weight: 1, arbitrary: fc.constant('fail' as const) },
      ),
    }),
  trial: ({ leaseMs, renews, late, isEarlier, takers, end }, scope) => {
    const job = scope.id('e1');
    const claim = (worker: string, ms: number): CallStep =>
      saved('claimed', direct('jobs.claimNext', worker, ms));
    const wakes = turn(0, withClaim(late, STALLED_URL));
    const others = Array.from({ length: takers }, (_, index) => index + 1);
    return {
      setup: [direct('jobs.create', jobOf(job, scope.id('owner')))],
      ...scripted([
        turn(0, claim('stalls', leaseMs)),
        ...(renews ? [turn(0, withClaim('heartbeat'))] : []),
        turn(0, hold(leaseMs + LEASE_MARGIN_MS)),
        ...(isEarlier ? [wakes] : []),
        ...others.map((actor) => turn(actor, claim(`worker ${actor}`, LONG_LEASE_MS))),
        ...(isEarlier ? [] : [wakes]),
        // Workers that were given nothing skip this step.
        ...others.map((actor) => turn(actor, withClaim(end, TAKERS_URL, REASON))),
      ]),
      // The ids of later trials sort first, so the scan shows the job of this trial.
      finale: [
        direct('jobs.get', job),
        direct('jobs.list', { ownerId: scope.id('owner'), limit: 1 }),
        direct('jobs.scan', { limit: 1 }),
        direct('jobs.delete', job),
      ],
    };
  },
  judge: (run) =>
    overdueFailure(run, 'no call of a worker waits for another worker') ??
    notStarted(run) ??
    lateCall(run) ??
    takers(run) ??
    wrongEnd(run),
  exercised: ({ input }) => !input.isEarlier,
  examples: () => [
    { ...PLAIN, takers: 2 },
    { ...RENEWING, late: 'fail', end: 'fail' },
    { ...RENEWING, late: 'heartbeat' },
    ...LATE_CALLS.map((late) => ({ ...PLAIN, late, isEarlier: true })),
  ],
  situations: () => [
    ...LATE_CALLS.map((late) => ({
      name: `a late call of ${late} by a worker whose job another one had been given`,
      occurred: (run: TrialRun<Case>) => run.input.late === late && lost(run),
    })),
    ...LATE_CALLS.map((late) => ({
      name: `a late call of ${late} before another worker asked`,
      occurred: (run: TrialRun<Case>) =>
        run.input.isEarlier && run.input.late === late && lateRecord(run) !== undefined,
    })),
    {
      name: 'a worker that had renewed its lease, slept, and lost its job',
      occurred: (run) => run.input.renews && renewed(run) && lost(run),
    },
    {
      name: 'a job that one of several workers was given when its lease had run out',
      occurred: (run) => {
        const [, ...asked] = claimsOf(run);
        return lost(run) && asked.some(({ job }) => job === undefined);
      },
    },
    ...(['complete', 'fail'] as const).map((end) => ({
      name: `a call of ${end} by the worker that had taken a job over`,
      occurred: (run: TrialRun<Case>) =>
        lost(run) && calls(run, `jobs.${end}`).some(({ record }) => record.actor > 0),
    })),
  ],
});

function withClaim(method: (typeof LATE_CALLS)[number], url = '', reason = 'it took too long'): CallStep {
  const claim = { $saved: 'claimed', path: 'claim' };
  switch (method) {
    case 'complete':
      return direct('jobs.complete', claim, { ...READY_PATCH, signedUrl: url });
    case 'fail':
      return direct('jobs.fail', claim, reason);
    case 'heartbeat':
      return direct('jobs.heartbeat', claim);
    default:
      return method satisfies never;
  }
}

/** The results of the actors' claims, in the order in which they asked. */
function claimsOf(
  run: TrialRun<Case>,
): { readonly record: StepRecord; readonly job: ExportJob | undefined }[] {
  return calls(run, 'jobs.claimNext').map(({ record }) => ({
    record,
    job: (valueOf(record) as ClaimedJob | undefined)?.job,
  }));
}

/** The call of the stalled worker after it woke up. Undefined if it was skipped. */
function lateRecord(run: TrialRun<Case>): StepRecord | undefined {
  const last = run.trial.actors[0]!.steps.length - 1;
  return observed(run).find(({ record }) => record.actor === 0 && record.step === last)?.record;
}

/** Whether the stalled worker's call was accepted before another worker claimed the job. */
function revived(run: TrialRun<Case>): boolean {
  return run.input.isEarlier && lateRecord(run)?.outcome.status === 'ok';
}

/** Whether another worker had been given the job when the stalled worker woke up. */
function lost(run: TrialRun<Case>): boolean {
  const woke = lateRecord(run);
  return (
    woke !== undefined &&
    claimsOf(run).some(
      ({ record, job }) => record.actor > 0 && job !== undefined && record.return <= woke.call,
    )
  );
}

/** Whether the stalled worker's lease was renewed before it slept. */
function renewed(run: TrialRun<Case>): boolean {
  return calls(run, 'jobs.heartbeat').some(
    ({ record }) => record.actor === 0 && record.step === 1 && record.outcome.status === 'ok',
  );
}

function notStarted(run: TrialRun<Case>): Failure | undefined {
  const [first] = claimsOf(run);
  const job = run.scope.id('e1');
  if (first?.job?.id === job) return undefined;
  return {
    summary: `A worker asked for a job while one export job was pending, and was given ${show(first?.job, run.scope)}.`,
    expected: 'the job e1',
    actual: show(first?.record.outcome, run.scope),
    marked: first === undefined ? [] : [first.record],
  };
}

function lateCall(run: TrialRun<Case>): Failure | undefined {
  const record = lateRecord(run);
  if (record === undefined || codeOf(record) === 'CONFLICT' || revived(run)) return undefined;
  const { late, leaseMs, isEarlier } = run.input;
  const taker = claimsOf(run).find((one) => one.record.actor > 0 && one.job !== undefined)?.record;
  // Nobody has taken the job over. takers() reports that.
  if (taker === undefined && !isEarlier && codeOf(record) === undefined) return undefined;
  return {
    summary: `${whoOf(record)} slept longer than its lease of ${leaseMs} ms; ${taker === undefined ? '' : `${whoOf(taker)} took its job over, and `}its late ${late} ended in ${codeOf(record) ?? 'success'}.`,
    expected: 'CONFLICT: the claim is no longer the current one',
    actual: codeOf(record) ?? 'success',
    marked: [...(taker === undefined ? [] : [taker]), record],
  };
}

/** Exactly one of the other workers must be given the job, or none while a renewed lease lasts. */
function takers(run: TrialRun<Case>): Failure | undefined {
  const [, ...asked] = claimsOf(run);
  const given = asked.filter(({ job }) => job !== undefined);
  if (revived(run)) return takenFromLiving(run, given[0]?.record);
  if (given.length === 1) return undefined;
  return {
    summary: `The export job of a worker that had slept longer than its lease of ${run.input.leaseMs} ms was given to ${given.length} of ${asked.length} others${given.length > 1 ? `: ${given.map(({ record }) => whoOf(record)).join('; ')}` : ''}.`,
    expected: 'exactly one of them takes it over',
    actual: `${given.length} were given the job`,
    marked: given.map(({ record }) => record),
  };
}

function takenFromLiving(run: TrialRun<Case>, taken: StepRecord | undefined): Failure | undefined {
  const late = lateRecord(run);
  if (taken === undefined || late === undefined) return undefined;
  const { leaseMs } = run.input;
  const leaseEnd = late.call + (leaseMs - LEASE_MARGIN_MS) * 1e6;
  if (run.input.late === 'heartbeat' && taken.return >= leaseEnd) return undefined;
  return {
    summary: `${whoOf(taken)} was given an export job after ${run.input.late} of the worker that had it was accepted.`,
    expected: 'nothing: the job cannot be claimed',
    actual: 'the job',
    marked: [late, taken],
  };
}

function wrongEnd(run: TrialRun<Case>): Failure | undefined {
  const { end } = run.input;
  const refused = calls(run, `jobs.${end}`).find(
    ({ record }) => record.actor > 0 && codeOf(record) !== undefined,
  );
  const stored = finaleValue(run, 0) as ExportJob | undefined;
  if (refused !== undefined) {
    return {
      summary: `${whoOf(refused.record)} had taken the export job over and could not ${end} it.`,
      expected: `the job becomes ${end === 'fail' ? 'failed' : 'ready'}`,
      actual: String(codeOf(refused.record)),
      marked: [refused.record],
    };
  }
  if (revived(run)) return undefined;
  const ended =
    end === 'fail'
      ? stored?.status === 'failed' && stored.failureReason === REASON
      : stored?.status === 'ready' && stored.signedUrl === TAKERS_URL;
  if (ended && stored?.attempts === 2) {
    const kept = changedBesides(run, stored);
    if (kept !== undefined) return kept;
    const answer = calls(run, `jobs.${end}`).find(({ record }) => record.actor > 0)?.record;
    const other = answer === undefined ? undefined : answeredOtherwise(`jobs.${end}`, answer, stored);
    return other ?? listedOtherwise(run, stored);
  }
  return {
    summary: `The export job did not end as the worker that had taken it over ended it: ${end}.`,
    expected: `${end === 'fail' ? `failed, because ${literal(REASON)},` : `ready with ${literal(TAKERS_URL)}`} after 2 attempts`,
    actual: show(stored, run.scope),
    marked: run.finale.filter(({ step }) => step === 0),
  };
}

/**
 * Fields that neither the claim nor the end of the work sets must be as the job was created, and the others as they
 * were given.
 */
function changedBesides(run: TrialRun<Case>, stored: ExportJob): Failure | undefined {
  const created = valueOf(run.setup[0]) as ExportJob | undefined;
  if (created === undefined) return undefined;
  const { status, attempts, failureReason, signedUrl } = stored;
  const result = run.input.end === 'fail' ? { failureReason } : { ...READY_PATCH, signedUrl };
  const difference = firstDifference({ ...created, status, attempts, ...result }, stored);
  if (difference === undefined) return undefined;
  return {
    summary: `A worker claimed an export job and ended it (${run.input.end}), and this changed its ${difference.path}.`,
    expected: literal(difference.expected),
    actual: literal(difference.actual),
    marked: run.finale.filter(({ step }) => step === 0),
  };
}

/** The list or the scan shows a job that differs from the one of get. */
function listedOtherwise(run: TrialRun<Case>, stored: ExportJob): Failure | undefined {
  const lists = [
    [1, 'The list of its owner shows an export job'],
    [2, 'The scan shows an export job'],
  ] as const;
  for (const [step, shows] of lists) {
    const page = run.finale.find((record) => record.step === step);
    if (page?.outcome.status !== 'ok') continue;
    const [value] = pageIn(valueOf(page)).items;
    const failure = shownOtherwise({ shows, other: 'get' }, { value, by: page }, stored);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
