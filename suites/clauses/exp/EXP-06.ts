import fc from 'fast-check';
import type { ExportJob, Page } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct } from '../../harness/cases/generate.ts';
import { calls, codeOf, finaleValue, observed, show, valueOf } from '../../harness/judging/observe.ts';
import { property, type AnyProperty, type Scope, type TrialRun } from '../../harness/engine/property.ts';
import { hasMet } from '../../harness/judging/races.ts';
import { jobOf, READY_PATCH } from '../../harness/cases/records.ts';

interface Case {
  /** How many readers read the job while it expires. */
  readonly readers: number;
  /** Whether the expiring transition tries to set a URL itself. */
  readonly patched: boolean;
}

/** A ready job expires while others read it. Nobody may see it expired and with a URL. */
export const EXP_06: AnyProperty = property<Case>({
  clause: 'EXP-06',
  arbitrary: () => fc.record({ readers: fc.integer({ min: 0, max: 2 }), patched: fc.boolean() }),
  racing: true,
  examples: () => [true, false].map((patched) => ({ readers: 2, patched })),
  situations: () => [
    {
      name: 'an expiry that tried to set a URL',
      occurred: (run) => run.input.patched && expiries(run).some(({ record }) => record.step === 0),
    },
    {
      name: 'a job that expired',
      occurred: (run) => expiries(run).some(({ record }) => record.outcome.status === 'ok'),
    },
    ...READS.map((method, index) => ({
      name: `a call of ${method} for an expired job`,
      // CUR-02 judges stores without a scan.
      occurred: ({ finale }: TrialRun<Case>) =>
        finale.some(
          (record) =>
            record.step === index && (codeOf(record) === 'UNSUPPORTED' || showsExpired(valueOf(record))),
        ),
    })),
    {
      name: 'a job that was read while it expired',
      occurred: (run) =>
        READS.some((method) =>
          calls(run, method).some(({ record }) =>
            expiries(run).some((expiry) => hasMet(expiry.record, record)),
          ),
        ),
    },
  ],
  trial: ({ readers, patched }, scope) => {
    const job = scope.id('e1');
    const patch = patched ? { signedUrl: READY_PATCH.signedUrl } : {};
    return {
      setup: [
        direct('jobs.create', jobOf(job, scope.id('owner'))),
        direct('jobs.transition', job, ['pending'], 'processing', {}),
        direct('jobs.transition', job, ['processing'], 'ready', READY_PATCH),
      ],
      actors: [
        // A transition with a URL in its patch may be refused. Then it is tried again without one.
        {
          instance: 0,
          steps: [patch, {}].map((fields) => direct('jobs.transition', job, ['ready'], 'expired', fields)),
        },
        ...Array.from({ length: readers }, (_, index): Actor => ({
          instance: index + 1,
          steps: reads(scope),
        })),
      ],
      finale: reads(scope),
    };
  },
  judge: (run) => {
    const seen = [...observed(run).map(({ record }) => record), ...run.finale];
    const wrong = seen.find((record) =>
      jobsIn(valueOf(record)).some(
        (job) => job.status === 'expired' && (job.signedUrl ?? job.signedUrlExpiresAt) !== undefined,
      ),
    );
    if (wrong !== undefined) {
      return {
        summary: 'An expired export still gives its URL.',
        expected: 'no signedUrl and no signedUrlExpiresAt from the moment it is expired',
        actual: show(valueOf(wrong), run.scope),
        marked: [wrong],
      };
    }
    const stored = finaleValue(run, 0) as ExportJob | undefined;
    if (stored?.status === 'expired') return undefined;
    return {
      summary: 'A ready job could not be expired.',
      expected: 'ready → expired succeeds',
      actual: show(stored, run.scope),
      marked: run.finale,
    };
  },
});

const READS = ['jobs.get', 'jobs.list', 'jobs.scan'] as const;

function expiries(run: TrialRun<Case>): ReturnType<typeof calls> {
  return calls(run, 'jobs.transition');
}

function showsExpired(value: unknown): boolean {
  return jobsIn(value).some(({ status }) => status === 'expired');
}

function reads(scope: Scope): Step[] {
  return [
    direct('jobs.get', scope.id('e1')),
    direct('jobs.list', { ownerId: scope.id('owner'), limit: 5 }),
    // The ids of later trials sort first, so the scan shows the job of this trial.
    direct('jobs.scan', { limit: 1 }),
  ];
}

function jobsIn(value: unknown): readonly ExportJob[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'items' in value ? (value as Page<ExportJob>).items : [value as ExportJob];
}
