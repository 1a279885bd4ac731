/** Programs of workers: a job must go on if its end is refused, or is rolled back with its section. */
import type { ExportJob } from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, saved } from '../../harness/cases/generate.ts';
import { planned, type Planned } from '../../harness/cases/plan.ts';
import { jobOf, LONG_LEASE_MS, READY_PATCH } from '../../harness/cases/records.ts';
import type { Scope } from '../../harness/engine/property.ts';
import { answers, refuses, type ListedProgram } from '../../harness/parts/listedPrograms.ts';

const CLAIM = { $saved: 'claimed', path: 'claim' } as const;
const CLAIM_NEXT = saved('claimed', direct('jobs.claimNext', 'worker', LONG_LEASE_MS));
const COMPLETE = direct('jobs.complete', CLAIM, READY_PATCH);

const jobIn = (value: unknown): ExportJob | undefined =>
  (value as { readonly job?: ExportJob } | undefined)?.job;
const statusIn = (value: unknown): unknown => (value as Partial<ExportJob> | undefined)?.status;

function requested(scope: Scope): Planned {
  return planned(direct('jobs.create', jobOf(scope.id('e1'), scope.id('e1'))));
}

function given(scope: Scope, what: string, attempts: number = 1): Planned {
  const expected = JSON.stringify([scope.id('e1'), attempts]);
  return planned(
    CLAIM_NEXT,
    answers(expected, what, (value) => JSON.stringify([jobIn(value)?.id, jobIn(value)?.attempts])),
  );
}

/** The worker can complete the job. Then the job is removed, so that no later trial is given it. */
function goesOn(scope: Scope): Planned[] {
  return [
    planned(direct('jobs.heartbeat', CLAIM)),
    planned(COMPLETE, answers('ready', 'the claim is current', statusIn)),
    planned(direct('jobs.delete', scope.id('e1'))),
  ];
}

const BAD_ENDS: Readonly<Record<string, CallStep>> = {
  'completes it with a negative number of rows': direct('jobs.complete', CLAIM, { ...READY_PATCH, rows: -1 }),
  'completes it without a URL': direct('jobs.complete', CLAIM, { rows: 1 }),
  'completes it with a time that is none': direct('jobs.complete', CLAIM, {
    ...READY_PATCH,
    signedUrlExpiresAt: 'tomorrow',
  }),
  'fails it with a reason that is no text': direct('jobs.fail', CLAIM, 7),
};

const reasonIn = (value: unknown): unknown => (value as Partial<ExportJob> | undefined)?.failureReason;
const EMPTY = answers('', 'the worker gave an empty reason, which is a text', reasonIn);

/** A worker passes a result that cannot be stored, and then one that can. */
export const REFUSED_ENDS: readonly ListedProgram[] = [
  {
    what: 'a worker that fails a job for an empty reason',
    plan: (scope) => [
      requested(scope),
      given(scope, 'it is the only job'),
      planned(direct('jobs.fail', CLAIM, ''), EMPTY),
      planned(direct('jobs.get', scope.id('e1')), EMPTY),
      planned(direct('jobs.delete', scope.id('e1'))),
    ],
  },
  ...Object.entries(BAD_ENDS).map(([how, call]): ListedProgram => ({
    what: `a worker that ${how}`,
    plan: (scope) => [
      requested(scope),
      given(scope, 'it is the only job'),
      planned(call, refuses('this cannot be stored', 'INVALID_RECORD')),
      planned(
        direct('jobs.get', scope.id('e1')),
        answers('processing', 'a refused call changes nothing', statusIn),
      ),
      ...goesOn(scope),
    ],
  })),
];

const THROW: Step = { do: 'throw', message: 'thrown by the callback' };
const swallowsThrow: NonNullable<Planned['check']> = () => undefined;

function inSection(scope: Scope, steps: readonly Planned[], end: Planned): Planned[] {
  return [
    planned(enter(scope.id('s1'))),
    ...steps.map(({ step, ...rest }): Planned => ({
      ...rest,
      step: step.do === 'call' ? { ...step, via: 'view' } : step,
    })),
    end,
  ];
}

/** The calls of a worker through the view of an atomic section are part of that section. */
export const IN_SECTIONS: readonly ListedProgram[] = [
  {
    what: 'a job that was claimed in a section that threw',
    needs: ['locks'],
    plan: (scope) => [
      requested(scope),
      ...inSection(scope, [given(scope, 'it is the only job')], planned(THROW, swallowsThrow)),
      given(scope, 'the section that claimed it was rolled back'),
      ...goesOn(scope),
    ],
  },
  {
    what: 'a job that was completed in a section that threw',
    needs: ['locks'],
    plan: (scope) => [
      requested(scope),
      given(scope, 'it is the only job'),
      ...inSection(scope, [planned(COMPLETE)], planned(THROW, swallowsThrow)),
      planned(
        direct('jobs.get', scope.id('e1')),
        answers('processing', 'the section that completed it was rolled back', statusIn),
      ),
      ...goesOn(scope),
    ],
  },
  {
    what: 'a job that was claimed in a section that committed',
    needs: ['locks'],
    plan: (scope) => [
      requested(scope),
      ...inSection(scope, [given(scope, 'it is the only job')], planned(leave)),
      ...goesOn(scope),
    ],
  },
];
