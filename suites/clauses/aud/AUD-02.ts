import fc from 'fast-check';
import type { ExportAuditRecord, ExportJob, Page } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { direct, enter, leave, view } from '../../harness/generate.ts';
import { finaleValue } from '../../harness/observe.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { auditOf, jobOf, READY_PATCH } from '../../harness/records.ts';
import { sequence } from '../../harness/sequences.ts';

/** How each actor's section about one job ends. */
type Case = readonly ('commit' | 'throw')[];

/**
 * Each actor requests the same job, hands out its URL and expires it, each with its audit record in one section;
 * some sections throw. Exactly one actor can create the job, so at most one of each record may be there, and
 * exactly those whose change is.
 */
export const AUD_02: AnyProperty = property<Case>({
  clause: 'AUD-02',
  arbitrary: () => fc.array(fc.constantFrom('commit', 'throw'), { minLength: 1, maxLength: 3 }),
  trial: (ends, scope) => {
    const job = scope.id('e1');
    return {
      actors: ends.map((end, instance): Actor => ({
        instance,
        steps: [
          ...section(end, job, [
            view('jobs.create', jobOf(job, scope.id('owner'))),
            view('audit.append', auditOf(scope.id(`requested-${instance}`), job)),
          ]),
          direct('jobs.transition', job, ['pending'], 'processing', {}),
          direct('jobs.transition', job, ['processing'], 'ready', READY_PATCH),
          ...section(end, job, [
            view('jobs.transition', job, ['ready'], 'expired', {}),
            view('audit.append', auditOf(scope.id(`expired-${instance}`), job, { type: 'export.expired' })),
          ]),
        ],
      })),
      finale: [direct('jobs.get', job), direct('audit.list', { exportId: job, limit: 20 })],
    };
  },
  judge: (run) => {
    const job = finaleValue(run, 0) as ExportJob | undefined;
    const records = (finaleValue(run, 1) as Page<ExportAuditRecord> | undefined)?.items ?? [];
    const requested = records.filter(({ type }) => type === 'export.requested').length;
    const expired = records.filter(({ type }) => type === 'export.expired').length;
    if (requested === (job === undefined ? 0 : 1) && expired === (job?.status === 'expired' ? 1 : 0))
      return undefined;
    return {
      summary: `Of export.requested the audit has ${requested}, of export.expired ${expired}, and the job is ${job?.status ?? 'not there'}.`,
      expected: 'one record for each change that was committed, none for a change that was rolled back',
      actual: sequence(records.map(({ id }) => run.scope.name(id))),
      marked: run.finale,
    };
  },
});

function section(end: Case[number], stream: string, inside: readonly Step[]): Step[] {
  return [enter(stream), ...inside, end === 'throw' ? { do: 'throw', message: 'changed my mind' } : leave];
}
