import fc from 'fast-check';
import { EXPORT_TRANSITIONS, type ExportJob, type ExportStatus } from '../../../adapters/contract/index.ts';
import type { Actor, StepRecord } from '../../../scenarios/host/program.ts';
import { direct, saved } from '../../harness/generate.ts';
import { answeredOtherwise } from '../../harness/answered.ts';
import { calls, codeOf, editedText, finaleValue, valueOf, whoOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/property.ts';
import { jobOf, READY_PATCH } from '../../harness/records.ts';

interface Move {
  readonly from: readonly ExportStatus[];
  readonly to: ExportStatus;
}

/** What each actor tries, in order. */
type Case = readonly (readonly Move[])[];

const status = fc.constantFrom<ExportStatus>('pending', 'processing', 'ready', 'failed', 'expired');
const allowed: readonly Move[] = Object.entries(EXPORT_TRANSITIONS).flatMap(([from, targets]) =>
  targets.map((to) => ({ from: [from as ExportStatus], to })),
);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...allowed) },
  {
    weight: 1,
    arbitrary: fc.record({ from: fc.uniqueArray(status, { minLength: 1, maxLength: 5 }), to: status }),
  },
);

const start: Move = { from: ['pending'], to: 'processing' };
const finish: Move = { from: ['processing'], to: 'ready' };
const giveUp: Move = { from: ['processing'], to: 'failed' };
const expire: Move = { from: ['ready'], to: 'expired' };
const ROUTES: readonly (readonly Move[])[] = [
  [start, finish, expire],
  [start, finish, expire, finish],
  [start, giveUp, finish],
  [start, finish, giveUp],
];
const route: fc.Arbitrary<readonly Move[]> = fc.array(fc.constantFrom(start, finish, giveUp, expire), {
  minLength: 1,
  maxLength: 3,
});

/**
 * Actors move one job at once. The moves that succeeded must be one path through the allowed transitions, each
 * taken once, from a status that the caller named; a refusal is CONFLICT; the job ends where the path ends; and who
 * created or moved it was answered with the job as it is then.
 */
export const EXP_01: AnyProperty = property<Case>({
  clause: 'EXP-01',
  arbitrary: () =>
    fc.oneof(
      fc.array(fc.array(move, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      // Workers that go the same way, step for step, and somebody who comes late.
      fc.array(
        fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ROUTES) }, { weight: 1, arbitrary: route }),
        {
          minLength: 2,
          maxLength: 4,
        },
      ),
    ),
  trial: (moves, scope) => {
    const job = scope.id('e1');
    return {
      // What a caller does with the job that it was given is nothing to the storage.
      setup: [
        saved('created', direct('jobs.create', jobOf(job, scope.id('owner')))),
        { do: 'mutate', saved: 'created' },
        saved('read', direct('jobs.get', job)),
        { do: 'mutate', saved: 'read' },
      ],
      actors: moves.map((own, instance): Actor => ({
        instance,
        steps: own.map(({ from, to }) =>
          direct('jobs.transition', job, from, to, to === 'ready' ? READY_PATCH : {}),
        ),
      })),
      finale: [direct('jobs.get', job)],
    };
  },
  judge: (run) => judgeRefusals(run) ?? judgePath(run) ?? judgeAnswers(run),
});

function judgeRefusals(run: TrialRun<Case>): Failure | undefined {
  const odd = calls(run, 'jobs.transition').find(
    ({ record }) => (codeOf(record) ?? 'CONFLICT') !== 'CONFLICT',
  );
  if (odd === undefined) return undefined;
  return {
    summary: `A transition ended in ${codeOf(odd.record)}.`,
    expected: 'success, or CONFLICT when the job is elsewhere',
    actual: String(codeOf(odd.record)),
    marked: [odd.record],
  };
}

function judgePath(run: TrialRun<Case>): Failure | undefined {
  const done = calls(run, 'jobs.transition')
    .filter(({ record }) => record.outcome.status === 'ok')
    .map(({ record }) => ({ record, move: run.input[record.actor]![record.step]! }));
  let at: ExportStatus = 'pending';
  const left = [...done];
  const path: ExportStatus[] = [at];
  // Each status is passed at most once, so that the path needs no search.
  while (left.length > 0) {
    const next = left.findIndex(
      ({ move }) => move.from.includes(at) && EXPORT_TRANSITIONS[at].includes(move.to),
    );
    if (next === -1) return offPath(path, left[0]!.record, left[0]!.move);
    at = left[next]!.move.to;
    path.push(at);
    left.splice(next, 1);
  }
  const stored = finaleValue(run, 0) as ExportJob | undefined;
  if (stored?.status === at) return missedMove(run, done.length);
  return {
    summary: `${editedText(stored)}The moves that succeeded lead to ${at}, but the job is ${stored?.status ?? 'gone'}.`,
    expected: path.join(' → '),
    actual: String(stored?.status),
    marked: done.map(({ record }) => record),
  };
}

function judgeAnswers(run: TrialRun<Case>): Failure | undefined {
  const [created, , read] = run.setup;
  const failure = answeredOtherwise('jobs.create', created as StepRecord, valueOf(read));
  if (failure !== undefined) return failure;
  for (const { record } of calls(run, 'jobs.transition')) {
    const moved = valueOf(record) as ExportJob | undefined;
    const { to } = run.input[record.actor]![record.step]!;
    if (moved === undefined || moved.status === to) continue;
    return {
      summary: `${whoOf(record)} moved the job to ${to}, and was answered with a job that is ${moved.status}.`,
      expected: `the job as it is after the move: ${to}`,
      actual: moved.status,
      marked: [record],
    };
  }
  return undefined;
}

function offPath(path: readonly ExportStatus[], record: StepRecord, move: Move): Failure {
  return {
    summary: `${whoOf(record)} moved the job to ${move.to} though the job had gone ${path.join(' → ')}.`,
    expected: 'each transition of the job happens once, and only an allowed one',
    actual: `a success for ${move.from.join(' or ')} → ${move.to}`,
    marked: [record],
  };
}

/** A refusal of the first legal move of a job that nobody else touches. */
function missedMove(run: TrialRun<Case>, successes: number): Failure | undefined {
  if (run.input.length > 1 || successes > 0) return undefined;
  const legal = calls(run, 'jobs.transition').find(({ record }) => {
    const { from, to } = run.input[0]![record.step]!;
    return from.includes('pending') && to === 'processing';
  });
  if (legal === undefined) return undefined;
  return {
    summary: 'A pending job that nobody else touched could not be started.',
    expected: 'pending → processing succeeds',
    actual: String(codeOf(legal.record)),
    marked: [legal.record],
  };
}
