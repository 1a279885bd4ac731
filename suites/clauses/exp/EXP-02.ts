import fc from 'fast-check';
import { RETRYABLE_CODES, type ClaimedJob } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor } from '../../../scenarios/host/language/program.ts';
import { direct, hold } from '../../harness/cases/generate.ts';
import { calls, codeOf, show, valueOf, whoOf } from '../../harness/judging/observe.ts';
import { claimedMeanwhile } from '../../harness/parts/claimedMeanwhile.ts';
import { IN_SECTIONS, REFUSED_ENDS } from './refusedEnds.ts';
import { joined } from '../../harness/parts/joined.ts';
import { listedPrograms } from '../../harness/parts/listedPrograms.ts';
import { longJobClaim } from '../../harness/parts/longTimes.ts';
import { atOnce, MANY_OTHERS } from '../../harness/vocabulary/limits.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { answeredRace } from '../../harness/judging/races.ts';
import { jobOf, LEASE_MARGIN_MS, LONG_LEASE_MS } from '../../harness/cases/records.ts';
import { HELD_JOB, HOW_LONG, WHOSE_TURN } from './claimPrograms.ts';

interface Case {
  readonly jobs: number;
  /** Whether a worker has claimed every job before, and its leases have expired. */
  readonly stalled: boolean;
  /** How often each worker asks for a job. */
  readonly workers: readonly number[];
}

interface Taken extends ClaimedJob {
  readonly record: StepRecord;
}

const STALLED_LEASE_MS = 10;
/** How many workers take many jobs, and how often the late worker asks afterwards. */
const WORKERS_OF_MANY = 4;
const SPARE_OF_MANY = 20;

/**
 * Workers ask for jobs at once. Each job must be given to exactly one of them, whether it is pending or the lease of
 * a stalled worker has expired. In one example there are more jobs than fit into a page.
 */
const WORKERS: Property<Case> = {
  clause: 'EXP-02',
  // Free, because a claim is one call: in a given order the calls would come one after the other.
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      jobs: fc.integer({ min: 1, max: 3 }),
      stalled: fc.boolean(),
      workers: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 2, maxLength: 5 }),
    }),
  examples: () => [{ jobs: 3, stalled: false, workers: [1, 1, 1, 1] }],
  lengthyExamples: () => {
    const asks = Math.ceil(MANY_OTHERS / WORKERS_OF_MANY);
    return [
      { jobs: MANY_OTHERS, stalled: false, workers: Array.from({ length: WORKERS_OF_MANY }, () => asks) },
    ];
  },
  trial: ({ jobs, stalled, workers }, scope) => {
    const ids = idsOf({ jobs }, scope);
    const claim = (worker: string, leaseMs: number) => direct('jobs.claimNext', worker, leaseMs);
    const isMany = jobs === MANY_OTHERS;
    const creates = ids.map((id) => direct('jobs.create', jobOf(id, scope.id('owner'))));
    return {
      setup: [
        ...(isMany ? atOnce(creates) : creates),
        ...(stalled
          ? [...ids.map(() => claim('stalls', STALLED_LEASE_MS)), hold(STALLED_LEASE_MS + LEASE_MARGIN_MS)]
          : []),
      ],
      actors: workers.map((asks, index): Actor => ({
        instance: index,
        steps: Array.from({ length: asks }, () => claim(`worker ${index + 1}`, LONG_LEASE_MS)),
      })),
      // A last worker takes the remaining jobs. Then they are removed, so that no later trial is given one.
      finale: [
        ...Array.from({ length: lateClaims(jobs) }, () => claim('afterwards', LONG_LEASE_MS)),
        ...(isMany ? [] : ids.map((id) => direct('jobs.delete', id))),
      ],
      freshNamespace: isMany,
    };
  },
  situations: () => [
    answeredRace('jobs.claimNext'),
    {
      name: `${MANY_OTHERS} jobs that workers have taken`,
      occurred: (run) => run.input.jobs === MANY_OTHERS && takenIn(run).length >= MANY_OTHERS,
    },
  ],
  judge: (run) => oddError(run) ?? takenTwice(run) ?? wrongJob(run) ?? leftOver(run),
};

export const EXP_02: AnyProperty = property(
  joined(
    joined(
      joined(joined(WORKERS, longJobClaim), claimedMeanwhile(HELD_JOB)),
      listedPrograms([...WHOSE_TURN, ...HOW_LONG, ...REFUSED_ENDS], hasClaims),
    ),
    listedPrograms(
      IN_SECTIONS,
      (subject) => hasClaims(subject) && subject.capabilities.atomic && subject.surfaces.includes('locks'),
    ),
  ),
);

function hasClaims({ capabilities }: Subject): boolean {
  return capabilities.exportClaims;
}

/** One more than the number of jobs, if they are few. */
function lateClaims(jobs: number): number {
  return jobs === MANY_OTHERS ? SPARE_OF_MANY : jobs + 1;
}

function takenIn(run: TrialRun<Case>): Taken[] {
  const { jobs } = run.input;
  const records = [
    ...calls(run, 'jobs.claimNext').map(({ record }) => record),
    ...run.finale.filter(({ step }) => step < lateClaims(jobs)),
  ];
  return records.flatMap((record) => {
    const claimed = valueOf(record) as ClaimedJob | undefined;
    return claimed === undefined ? [] : [{ ...claimed, record }];
  });
}

function idsOf({ jobs }: Pick<Case, 'jobs'>, scope: Scope): string[] {
  return Array.from({ length: jobs }, (_, index) => scope.id(`e${index + 1}`));
}

function oddError(run: TrialRun<Case>): Failure | undefined {
  const odd = calls(run, 'jobs.claimNext').find(({ record }) => {
    const code = codeOf(record);
    return code !== undefined && !RETRYABLE_CODES.some((one) => one === code);
  });
  if (odd === undefined) return undefined;
  return {
    summary: `${whoOf(odd.record)} asked for a job, and the call failed with ${codeOf(odd.record)}.`,
    expected: 'a job, or undefined when there is none to claim',
    actual: String(codeOf(odd.record)),
    marked: [odd.record],
  };
}

function takenTwice(run: TrialRun<Case>): Failure | undefined {
  const first = new Map<string, Taken>();
  for (const taken of takenIn(run)) {
    const other = first.get(taken.job.id);
    if (other === undefined) {
      first.set(taken.job.id, taken);
      continue;
    }
    return {
      summary: `Export job "${run.scope.name(taken.job.id)}" was claimed by ${claimerOf(run, other)} and by ${claimerOf(run, taken)}, although each claim lasts ${LONG_LEASE_MS / 1000} s.`,
      expected: 'one worker has the job until its lease runs out',
      actual: 'two workers do the work',
      marked: [other.record, taken.record],
    };
  }
  return undefined;
}

function claimerOf(run: TrialRun<Case>, { record }: Taken): string {
  return run.finale.includes(record) ? 'a worker who came afterwards' : whoOf(record);
}

function wrongJob(run: TrialRun<Case>): Failure | undefined {
  const all = takenIn(run);
  // On a busy machine the stalled worker may have been given the first job again instead of the second one.
  const before = run.setup.map((record) => (valueOf(record) as Partial<ClaimedJob> | undefined)?.job?.id);
  const attemptOf = (id: string): number => 1 + before.filter((one) => one === id).length;
  const wrong = all.find(
    ({ job, claim, record }) =>
      job.status !== 'processing' ||
      job.fileName !== jobOf(job.id, '').fileName ||
      job.attempts !== attemptOf(job.id) ||
      all.some((other) => other.record !== record && other.claim === claim),
  );
  if (wrong === undefined) return undefined;
  return {
    summary: `${claimerOf(run, wrong)} was given the job ${show(wrong.job, run.scope)} to work on.`,
    expected: `a job as it was created that is processing, in attempt ${attemptOf(wrong.job.id)}, with a claim of its own`,
    actual: show(wrong.job, run.scope),
    marked: [wrong.record],
    // If trials take as long as leases, a job of an earlier trial may have become claimable in the meantime.
    ...(isOfTrial(run, wrong.job.id) ? {} : { byTime: true }),
  };
}

function isOfTrial({ input, scope }: TrialRun<Case>, id: string): boolean {
  return idsOf(input, scope).includes(id);
}

function leftOver(run: TrialRun<Case>): Failure | undefined {
  const taken = new Set(takenIn(run).map(({ job }) => job.id));
  if (taken.size === run.input.jobs) return undefined;
  return {
    summary: `${run.input.jobs - taken.size} of ${run.input.jobs} export jobs that were ${run.input.stalled ? 'claimed with a lease that had expired' : 'pending'} could not be claimed by any worker.`,
    expected: 'a worker that asks when no other does gets the next job',
    actual: `claimed: ${claimedText([...taken].map((id) => run.scope.name(id)))}`,
    marked: run.finale.filter(({ step }) => step < lateClaims(run.input.jobs)),
  };
}

const MAX_NAMED = 10;

function claimedText(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length > MAX_NAMED ? `${names.length} jobs` : names.join(', ');
}
