import fc from 'fast-check';
import type { ExportAuditRecord, ExportJob, Page } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, view } from '../../harness/cases/generate.ts';
import { finaleValue } from '../../harness/judging/observe.ts';
import { property, type AnyProperty, type TrialRun } from '../../harness/engine/property.ts';
import { auditOf, jobOf, READY_PATCH } from '../../harness/cases/records.ts';
import { sectionsOf, type Section } from '../../harness/judging/sections.ts';
import { sequence } from '../../harness/judging/sequences.ts';

const ENDS = ['commit', 'throw'] as const;
type End = (typeof ENDS)[number];

/** How the two sections of each actor end: the one that requests the job, and the one that expires it. */
type Case = readonly { readonly requested: End; readonly expired: End }[];

const BOTH = { requested: 'commit', expired: 'commit' } as const;

/**
 * Each actor requests the same job, hands out its URL and expires it. The request and the expiry each run in a
 * section together with their audit record. Some sections throw. Only one actor can create the job, so each kind of
 * record may exist at most once, and it must exist exactly if its change does.
 */
export const AUD_02: AnyProperty = property<Case>({
  clause: 'AUD-02',
  arbitrary: () => {
    const end = fc.constantFrom(...ENDS);
    return fc.array(fc.record({ requested: end, expired: end }), { minLength: 1, maxLength: 3 });
  },
  examples: () => [[BOTH, BOTH], [{ ...BOTH, requested: 'throw' }], [{ ...BOTH, expired: 'throw' }]],
  situations: () => [
    ...(['requested', 'expired'] as const).flatMap((part) =>
      ENDS.map((end) => ({
        name: `a section that ${part} a job, wrote its audit record, and ${end === 'throw' ? 'threw' : 'committed'}`,
        occurred: (run: TrialRun<Case>) =>
          sectionsIn(run, part).some(({ committed, left }) =>
            end === 'commit' ? committed : left !== undefined && isThrow(run, left),
          ),
      })),
    ),
    {
      name: 'a change that was refused in its section',
      occurred: (run) =>
        sectionsIn(run, 'requested').some(
          ({ committed, left }) => !committed && (left === undefined || !isThrow(run, left)),
        ),
    },
  ],
  trial: (ends, scope) => {
    const job = scope.id('e1');
    return {
      actors: ends.map(({ requested, expired }, instance): Actor => ({
        instance,
        steps: [
          ...section(requested, job, [
            view('jobs.create', jobOf(job, scope.id('owner'))),
            view('audit.append', auditOf(scope.id(`requested-${instance}`), job)),
          ]),
          direct('jobs.transition', job, ['pending'], 'processing', {}),
          direct('jobs.transition', job, ['processing'], 'ready', READY_PATCH),
          ...section(expired, job, [
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
      summary: `The audit has ${requested} records of export.requested and ${expired} of export.expired, and the job is ${job?.status ?? 'not there'}.`,
      expected: 'one record for each change that was committed, none for a change that was rolled back',
      actual: sequence(records.map(({ id }) => run.scope.name(id))),
      marked: run.finale,
    };
  },
});

/**
 * The sections in which actors requested the job (the first section of each), or the ones in which they expired it.
 */
function sectionsIn({ main, trial }: TrialRun<Case>, part: keyof Case[number]): Section[] {
  return sectionsOf(main, trial).filter(({ entered }) => (entered.step === 0) === (part === 'requested'));
}

/**
 * Whether a section ended by a throw of its callback. The callback reaches its throw only if all calls before it
 * succeeded.
 */
function isThrow({ trial }: TrialRun<Case>, { actor, step }: StepRecord): boolean {
  return trial.actors[actor]?.steps[step]?.do === 'throw';
}

function section(end: End, stream: string, inside: readonly Step[]): Step[] {
  return [enter(stream), ...inside, end === 'throw' ? { do: 'throw', message: 'changed my mind' } : leave];
}
