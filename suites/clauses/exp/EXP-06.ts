import fc from 'fast-check';
import type { ExportJob, Page } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { direct } from '../../harness/generate.ts';
import { finaleValue, observed, show, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Scope } from '../../harness/property.ts';
import { jobOf, READY_PATCH } from '../../harness/records.ts';

interface Case {
  /** Readers beside the expiry. */
  readonly readers: number;
  /** Whether the expiring transition tries to set a URL itself. */
  readonly patched: boolean;
}

/** A ready job expires while others read it. Nobody sees it expired and with a URL. */
export const EXP_06: AnyProperty = property<Case>({
  clause: 'EXP-06',
  arbitrary: () => fc.record({ readers: fc.integer({ min: 0, max: 2 }), patched: fc.boolean() }),
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
        // With a URL in the patch it may be refused; then without.
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

function reads(scope: Scope): Step[] {
  return [
    direct('jobs.get', scope.id('e1')),
    direct('jobs.list', { ownerId: scope.id('owner'), limit: 5 }),
    // Jobs of later trials sort first: the scan shows this trial's.
    direct('jobs.scan', { limit: 1 }),
  ];
}

function jobsIn(value: unknown): readonly ExportJob[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'items' in value ? (value as Page<ExportJob>).items : [value as ExportJob];
}
