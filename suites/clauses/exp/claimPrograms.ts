/** Programs of workers, one call after the other: which worker is given which job, and how long a claim lasts. */
import type { ClaimedJob, ExportJob } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, hold, saved } from '../../harness/cases/generate.ts';
import { planned, type Planned } from '../../harness/cases/plan.ts';
import { FUTURE, jobOf, LEASE_MARGIN_MS, LONG_LEASE_MS, READY_PATCH } from '../../harness/cases/records.ts';
import type { Scope } from '../../harness/engine/property.ts';
import { calls, valueOf } from '../../harness/judging/observe.ts';
import type { HeldClaim } from '../../harness/parts/claimedMeanwhile.ts';
import { answers, refuses, type ListedProgram } from '../../harness/parts/listedPrograms.ts';

const CLAIM = { $saved: 'claimed', path: 'claim' } as const;
const SHORT_LEASE_MS = 10;
/** More attempts than the usual retry limit of a queue. */
const MANY_ATTEMPTS = 6;
/**
 * Lease and pauses of a claim that is renewed: more than half of the lease is over at the renewal, and the claim is
 * examined after the first lease would have ended.
 */
const RENEWED_MS = 400;
const PART_MS = 240;

function claim(leaseMs: number): CallStep {
  return saved('claimed', direct('jobs.claimNext', 'worker', leaseMs));
}

const jobIn = (value: unknown): ExportJob | undefined => (value as ClaimedJob | undefined)?.job;
const idIn = (value: unknown): unknown => jobIn(value)?.id;
const attemptsIn = (value: unknown): unknown => (value as ExportJob | undefined)?.attempts;
const ANEW = 'the job that had this id before was deleted, and this is a new one';

function given(job: string | undefined, leaseMs: number, what: string): Planned {
  return planned(claim(leaseMs), answers(job, what, idIn));
}

function requested(id: string, second: number): Planned {
  const requestedAt = `2001-01-01T00:00:0${second}.000Z`;
  return planned(direct('jobs.create', jobOf(id, id, { requestedAt, expiresAt: FUTURE })));
}

function removed(...ids: readonly string[]): Planned[] {
  return ids.map((id) => planned(direct('jobs.delete', id)));
}

/** Programs that check which job a worker is given. */
export const WHOSE_TURN: readonly ListedProgram[] = [
  {
    what: 'a worker that asks for several jobs, pending, stalled and started by a transition',
    plan: (scope) => {
      const [newest, older, started, stalled] = ['a', 'c', 'b', 'd'].map((name) => scope.id(name)) as [
        string,
        string,
        string,
        string,
      ];
      return [
        requested(stalled, 1),
        given(stalled, SHORT_LEASE_MS, 'it is the only job'),
        planned(hold(SHORT_LEASE_MS + LEASE_MARGIN_MS)),
        requested(newest, 3),
        requested(older, 2),
        requested(started, 0),
        planned(direct('jobs.transition', started, ['pending'], 'processing', {})),
        given(stalled, LONG_LEASE_MS, 'the oldest job is one whose lease has expired'),
        given(older, LONG_LEASE_MS, 'another pending job is older'),
        given(newest, LONG_LEASE_MS, 'one job is pending'),
        given(undefined, LONG_LEASE_MS, 'others have every job, and a transition started the last one'),
        ...removed(newest, older, started, stalled),
      ];
    },
  },
  {
    what: `a job whose lease expired ${MANY_ATTEMPTS} times`,
    plan: (scope) => [
      requested(scope.id('e1'), 1),
      ...Array.from({ length: MANY_ATTEMPTS }).flatMap(() => [
        given(scope.id('e1'), SHORT_LEASE_MS, 'it is pending, or its lease has expired'),
        planned(hold(SHORT_LEASE_MS + LEASE_MARGIN_MS)),
      ]),
      given(scope.id('e1'), LONG_LEASE_MS, 'its lease has expired'),
      ...removed(scope.id('e1')),
    ],
  },
  {
    what: 'a job that was claimed, deleted and requested again',
    plan: (scope) => {
      const id = scope.id('e1');
      return [
        planned(direct('jobs.create', jobOf(id, id))),
        given(id, LONG_LEASE_MS, 'it is the only job'),
        ...removed(id),
        planned(direct('jobs.create', jobOf(id, id)), answers(0, ANEW, attemptsIn)),
        planned(direct('jobs.get', id), answers(0, ANEW, attemptsIn)),
        planned(
          claim(LONG_LEASE_MS),
          answers(1, ANEW, (value) => attemptsIn(jobIn(value))),
        ),
        ...removed(id),
      ];
    },
  },
];

/**
 * A job that a worker holds while something happens to other instances. It is completed in the end, so that no later
 * trial is given it.
 */
export const HELD_JOB: HeldClaim = {
  what: 'a job',
  before: (scope) => [direct('jobs.create', jobOf(scope.id('e1'), scope.id('owner')))],
  asks: () => direct('jobs.claimNext', 'worker', LONG_LEASE_MS),
  isGiven: (answer) => answer !== undefined,
  finishes: (_, claim) => direct('jobs.complete', claim, READY_PATCH),
  applies: ({ surfaces, capabilities }) => surfaces.includes('exports') && capabilities.exportClaims,
};

const statusIn = (value: unknown): unknown => (value as ExportJob | undefined)?.status;

/** How a claim may end without being taken over, and the status of the job afterwards. */
const ENDS: Readonly<
  Record<string, { readonly calls: (id: string) => CallStep[]; readonly status?: string }>
> = {
  'was deleted': { calls: (id) => [direct('jobs.delete', id)] },
  'was deleted, requested again and started by a transition': {
    calls: (id) => [
      direct('jobs.delete', id),
      direct('jobs.create', jobOf(id, id)),
      direct('jobs.transition', id, ['pending'], 'processing', {}),
    ],
    status: 'processing',
  },
  'was completed by its worker': {
    calls: () => [direct('jobs.complete', CLAIM, READY_PATCH)],
    status: 'ready',
  },
  'was failed by its worker': {
    calls: () => [direct('jobs.fail', CLAIM, 'it cannot be made')],
    status: 'failed',
  },
  'was failed by a transition': {
    calls: (id) => [direct('jobs.transition', id, ['processing'], 'failed', { failureReason: 'cancelled' })],
    status: 'failed',
  },
};

const LATE: Readonly<Record<string, CallStep>> = {
  heartbeat: direct('jobs.heartbeat', CLAIM),
  complete: direct('jobs.complete', CLAIM, READY_PATCH),
  fail: direct('jobs.fail', CLAIM, 'too late'),
};

function overtaken(end: string, late: string): ListedProgram {
  const { calls: ends, status } = ENDS[end] as (typeof ENDS)[string];
  return {
    what: `a call of ${late} with the claim of a job that ${end}`,
    plan: (scope: Scope) => {
      const id = scope.id('e1');
      return [
        planned(direct('jobs.create', jobOf(id, id))),
        given(id, LONG_LEASE_MS, 'it is the only job'),
        ...ends(id).map((step) => planned(step)),
        planned(LATE[late] as CallStep, refuses(`the job ${end}: the claim is no longer current`)),
        planned(direct('jobs.get', id), answers(status, `a late ${late} must change nothing`, statusIn)),
        ...removed(id),
      ];
    },
  };
}

/** The earliest end of the lease that `heartbeat` renewed, in nanoseconds. */
function earliestEndOfRenewal(heartbeat: StepRecord): number {
  return heartbeat.call + (RENEWED_MS - LEASE_MARGIN_MS) * 1e6;
}

/** Programs that check how long a claim lasts. */
export const HOW_LONG: readonly ListedProgram[] = [
  ...Object.keys(ENDS).flatMap((end) => Object.keys(LATE).map((late) => overtaken(end, late))),
  {
    what: 'a job whose lease was renewed, and that another worker asked for when the first lease would have ended',
    plan: (scope) => {
      const id = scope.id('e1');
      let leaseEnd = 0;
      return [
        planned(direct('jobs.create', jobOf(id, id))),
        given(id, RENEWED_MS, 'it is the only job'),
        planned(hold(PART_MS)),
        planned(direct('jobs.heartbeat', CLAIM), (record) => {
          // On a busy machine the first lease may have expired. Then nothing was renewed.
          if (record.outcome.status === 'ok') leaseEnd = earliestEndOfRenewal(record);
          return undefined;
        }),
        planned(hold(PART_MS)),
        planned(direct('jobs.claimNext', 'another', LONG_LEASE_MS), (record, before) =>
          record.return < leaseEnd
            ? answers(
                undefined,
                `the lease of ${RENEWED_MS} ms was renewed ${PART_MS} ms before`,
                idIn,
              )(record, before)
            : undefined,
        ),
        ...removed(id),
      ];
    },
    cameToIt: (run) => {
      const [renewed] = calls(run, 'jobs.heartbeat');
      const [, asked] = calls(run, 'jobs.claimNext');
      if (renewed?.record.outcome.status !== 'ok' || asked === undefined) return false;
      return (
        valueOf(asked.record) !== undefined || asked.record.return < earliestEndOfRenewal(renewed.record)
      );
    },
  },
];
