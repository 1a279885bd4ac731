/** What a hand over means to a worker who holds a job, and to versions that know one side alone. */
import type { ClaimedJob, MigrationSide } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct } from '../../harness/cases/generate.ts';
import { jobOf } from '../../harness/cases/records.ts';
import type { Failure, Scope, Subject, TrialRun } from '../../harness/engine/property.ts';
import { calls, observed, show, valueOf } from '../../harness/judging/observe.ts';
import { itemKindsOf } from './items.ts';

/** A time before that of every other job. */
const EARLIEST = '2028-01-01T00:00:00.000001Z';

export function isHandOver(step: Step): step is CallStep {
  return step.do === 'call' && step.method === 'migration.handOver';
}

/** Whether the adapter has jobs for workers. */
export function canClaim(subject: Subject): boolean {
  return itemKindsOf(subject).includes('taken job');
}

/** The job that workers get before all others. */
export function heldJob(scope: Scope): CallStep {
  const id = scope.id('held-job');
  return direct('jobs.create', jobOf(id, id, { requestedAt: EARLIEST }));
}

export function claims(run: TrialRun<unknown>): StepRecord[] {
  return calls(run, 'jobs.claimNext').map(({ record }) => record);
}

/** A job that a worker held when the authority moved is not given to the next worker as its next attempt. */
export function notGivenAgain(run: TrialRun<unknown>): Failure | undefined {
  let attempts = 0;
  let isMoved = true;
  for (const { step, record } of observed(run)) {
    if (isHandOver(step)) isMoved ||= record.outcome.status === 'ok';
    if (step.do !== 'call' || step.method !== 'jobs.claimNext' || !isMoved) continue;
    if (record.outcome.status !== 'ok') continue;
    const job = (valueOf(record) as Partial<ClaimedJob> | undefined)?.job;
    if (job?.id === run.scope.id('held-job') && job.attempts === attempts + 1) {
      attempts += 1;
      isMoved = false;
      continue;
    }
    return {
      summary: `A worker held a job, in its attempt ${attempts}, as the authority was handed over, and the next worker was not given it.`,
      expected: `the job in its attempt ${attempts + 1}: leases end with the hand over, and attempts count on`,
      actual: show(valueOf(record), run.scope),
      marked: [record],
    };
  }
  return undefined;
}

/** A version that knows only one side has written there, although the other one decides. */
export function accepted(run: TrialRun<unknown>): Failure | undefined {
  let decides: MigrationSide = 'old';
  for (const { step, record } of observed(run)) {
    if (record.actor !== 0 || step.do !== 'call') continue;
    if (isHandOver(step) && record.outcome.status === 'ok') decides = step.args[0] as MigrationSide;
    if (!isProbe(step) || step.via === decides || record.outcome.status !== 'ok') continue;
    return {
      summary: `A version that knows of the ${step.via} side alone wrote there, although the ${decides} side had been made to decide.`,
      expected: 'FENCED: the storage itself refuses it',
      actual: 'it was accepted',
      marked: [record],
    };
  }
  return undefined;
}

/** Whether a version that knows of one side alone writes there. */
export function isProbe(step: Step): boolean {
  return step.do === 'call' && (step.via === 'old' || step.via === 'new');
}
