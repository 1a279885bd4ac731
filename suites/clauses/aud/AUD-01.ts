import fc from 'fast-check';
import type { ExportAuditRecord, Page } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { direct, saved } from '../../harness/generate.ts';
import { editedText, finaleValue, show } from '../../harness/observe.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { auditOf, jobOf } from '../../harness/records.ts';

const WAYS = ['append-again', 'append-other', 'change-what-was-read', 'delete-job', 'recreate-job'] as const;

/** What each actor tries against the first record. */
type Case = readonly (typeof WAYS)[number][];

const TIME = '2026-01-31T08:15:00.123456Z';

/** An audit record is written; then actors try to write over it, to change what they read, and to delete its job. It must stay as it was. */
export const AUD_01: AnyProperty = property<Case>({
  clause: 'AUD-01',
  arbitrary: () => fc.array(fc.constantFrom(...WAYS), { minLength: 1, maxLength: 4 }),
  trial: (ways, scope) => {
    const job = scope.id('e1');
    const first = auditOf(scope.id('a1'), job, { timestamp: TIME, details: { by: 'first' } });
    return {
      setup: [
        direct('jobs.create', jobOf(job, scope.id('owner'))),
        saved('appended', direct('audit.append', first)),
        { do: 'mutate', saved: 'appended' },
      ],
      actors: ways.map((way, instance): Actor => ({
        instance,
        steps: stepsOf(way, first, jobOf(job, scope.id('owner'))),
      })),
      finale: [direct('audit.list', { exportId: job, limit: 10 })],
    };
  },
  judge: (run) => {
    const page = finaleValue(run, 0) as Page<ExportAuditRecord> | undefined;
    const [only] = page?.items ?? [];
    const kept =
      page?.items.length === 1 &&
      only?.timestamp === TIME &&
      only.type === 'export.requested' &&
      (only.details as { by?: string } | undefined)?.by === 'first';
    if (kept) return undefined;
    return {
      summary: `${editedText(page)}An audit record did not stay as it was written, after: ${run.input.join(', ')}.`,
      expected: 'one record, unchanged, whatever became of its job',
      actual: show(page, run.scope),
      marked: run.finale,
    };
  },
});

function stepsOf(
  way: Case[number],
  first: ReturnType<typeof auditOf>,
  job: ReturnType<typeof jobOf>,
): Step[] {
  switch (way) {
    case 'append-again':
      return [direct('audit.append', first)];
    case 'append-other':
      return [direct('audit.append', { ...first, type: 'export.expired', details: { by: 'second' } })];
    case 'change-what-was-read':
      return [
        saved('page', direct('audit.list', { exportId: job.id, limit: 10 })),
        { do: 'mutate', saved: 'page' },
      ];
    case 'delete-job':
      return [direct('jobs.delete', job.id)];
    case 'recreate-job':
      return [direct('jobs.delete', job.id), direct('jobs.create', job)];
    default:
      return way satisfies never;
  }
}
