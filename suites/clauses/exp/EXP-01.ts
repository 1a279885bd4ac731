import fc from 'fast-check';
import {
  EXPORT_TRANSITIONS,
  type ExportJob,
  type ExportPatch,
  type ExportStatus,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor } from '../../../scenarios/host/language/program.ts';
import { direct, edited, saved } from '../../harness/cases/generate.ts';
import { answeredOtherwise, shownOtherwise } from '../../harness/judging/answered.ts';
import { calls, codeOf, editedText, finaleValue, valueOf, whoOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { joined } from '../../harness/parts/joined.ts';
import { otherParent } from '../../harness/parts/otherParent.ts';
import { hasMet } from '../../harness/judging/races.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { jobOf, READY_PATCH } from '../../harness/cases/records.ts';
import { firstDifference, literal, type Difference } from '../../harness/judging/same.ts';

interface Move {
  readonly from: readonly ExportStatus[];
  readonly to: ExportStatus;
}

/** The moves of each actor, in order. */
type Case = readonly (readonly Move[])[];

const status = fc.constantFrom<ExportStatus>('pending', 'processing', 'ready', 'failed', 'expired');
const allowed: readonly Move[] = Object.entries(EXPORT_TRANSITIONS).flatMap(([from, targets]) =>
  targets.map((to) => ({ from: [from as ExportStatus], to })),
);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...allowed) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...allowed), status)
      .map(([{ from, to }, other]): Move => ({ from: from.includes(other) ? from : [other, ...from], to })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ from: fc.uniqueArray(status, { maxLength: 5 }), to: status }),
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
 * Actors move one job at once. The successful moves must form one path through the allowed transitions. Each starts
 * from a status that its caller named, and no status is passed twice. A refused move fails with CONFLICT, and the job
 * ends where the path ends. Whoever created or moved the job must be answered with the job as it is afterwards.
 */
const MOVES: Property<Case> = {
  clause: 'EXP-01',
  arbitrary: () =>
    fc.oneof(
      // If nobody else touches the job, every answer is known in advance.
      fc.tuple(fc.array(move, { minLength: 1, maxLength: 4 })),
      fc.array(fc.array(move, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      // Workers that make the same moves, step for step, and one worker that makes any moves.
      fc.array(
        fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ROUTES) }, { weight: 1, arbitrary: route }),
        {
          minLength: 2,
          maxLength: 4,
        },
      ),
    ),
  // With an empty list of statuses, nothing may move. An adapter that omits the filter for an empty list lets
  // everything pass.
  examples: () => [
    [[{ from: [], to: 'processing' }, start, { from: [], to: 'ready' }]],
    ...ROUTES.map((one) => [one, one, one]),
    // One worker begins while another is half done.
    [[start, finish, expire], [finish, expire], [expire], [start, giveUp]],
  ],
  racing: true,
  situations: () => [
    {
      name: 'a move that was refused while another one of the same kind was made',
      occurred: (run) => {
        const moves = calls(run, 'jobs.transition').map(({ record }) => record);
        return moves.some(
          (one) =>
            one.outcome.status === 'ok' &&
            moves.some((other) => codeOf(other) === 'CONFLICT' && hasMet(one, other)),
        );
      },
    },
  ],
  trial: (moves, scope) => {
    const job = scope.id('e1');
    return {
      // The caller changes, in place, the job that it passed and the job that it received. The storage must not
      // change with them.
      setup: [
        saved('created', edited(direct('jobs.create', jobOf(job, scope.id('owner'))))),
        { do: 'mutate', saved: 'created' },
        saved('read', direct('jobs.get', job)),
        { do: 'mutate', saved: 'read' },
      ],
      actors: moves.map((own, instance): Actor => ({
        instance,
        steps: own.map(({ from, to }, step) =>
          edited(direct('jobs.transition', job, from, to, patchOf(instance, step, to))),
        ),
      })),
      // The ids of later trials sort first, so the scan shows the job of this trial.
      finale: [
        direct('jobs.get', job),
        direct('jobs.list', { ownerId: scope.id('owner'), limit: 5 }),
        direct('jobs.scan', { limit: 1 }),
      ],
    };
  },
  judge: (run) => judgeRefusals(run) ?? judgePath(run) ?? judgeAnswers(run) ?? judgeLists(run),
};

export const EXP_01: AnyProperty = property(joined(MOVES, otherParent('jobs')));

/** Each move has a patch of its own. Every other patch sets only the required fields. */
function patchOf(actor: number, step: number, to: ExportStatus): ExportPatch {
  const needed = to === 'ready' ? READY_PATCH : {};
  if ((actor + step) % 2 === 1) return needed;
  return {
    fileName: `by-${actor + 1}-${step + 1}.csv`,
    attempts: 10 * actor + step,
    expiresAt: `2199-01-01T00:0${actor}:0${step}.000001Z`,
    ...needed,
  };
}

function judgeRefusals(run: TrialRun<Case>): Failure | undefined {
  const odd = calls(run, 'jobs.transition').find(
    ({ record }) => (codeOf(record) ?? 'CONFLICT') !== 'CONFLICT',
  );
  if (odd === undefined) return undefined;
  return {
    summary: `A transition failed with ${codeOf(odd.record)}.`,
    expected: 'success, or CONFLICT if the job has another status',
    actual: String(codeOf(odd.record)),
    marked: [odd.record],
  };
}

interface Done {
  readonly record: StepRecord;
  readonly move: Move;
}

/** The successful moves, in the order of statuses. `off`: a move that does not fit into a path. */
function pathOf(run: TrialRun<Case>): { readonly path: readonly Done[]; readonly off?: Done } {
  const left = calls(run, 'jobs.transition')
    .filter(({ record }) => record.outcome.status === 'ok')
    .map(({ record }): Done => ({ record, move: run.input[record.actor]![record.step]! }));
  const path: Done[] = [];
  let at: ExportStatus = 'pending';
  // Each status is passed at most once, so no search is needed.
  while (left.length > 0) {
    const next = left.findIndex(
      ({ move }) => move.from.includes(at) && EXPORT_TRANSITIONS[at].includes(move.to),
    );
    if (next === -1) return { path, off: left[0]! };
    at = left[next]!.move.to;
    path.push(...left.splice(next, 1));
  }
  return { path };
}

function judgePath(run: TrialRun<Case>): Failure | undefined {
  const { path, off } = pathOf(run);
  if (off !== undefined)
    return offPath(['pending', ...path.map(({ move }) => move.to)], off.record, off.move);
  const at = path.at(-1)?.move.to ?? 'pending';
  const stored = finaleValue(run, 0) as ExportJob | undefined;
  if (stored?.status === at) return missedMove(run);
  return {
    summary: `${editedText(stored)}The moves that succeeded lead to ${at}, but the job is ${stored?.status ?? 'gone'}.`,
    expected: ['pending', ...path.map(({ move }) => move.to)].join(' → '),
    actual: String(stored?.status),
    marked: path.map(({ record }) => record),
  };
}

function judgeAnswers(run: TrialRun<Case>): Failure | undefined {
  const [created, , read] = run.setup;
  const failure = answeredOtherwise('jobs.create', created as StepRecord, valueOf(read));
  if (failure !== undefined) return failure;
  let job = valueOf(created) as ExportJob;
  const { path } = pathOf(run);
  for (const { record, move } of path) {
    const answered = valueOf(record) as ExportJob;
    const difference = firstDifference(moved(job, answered, record, move), answered);
    if (difference !== undefined) return otherThanMoved(record, move.to, difference);
    job = answered;
  }
  const last = path.at(-1)?.record;
  return last === undefined ? undefined : answeredOtherwise('jobs.transition', last, finaleValue(run, 0));
}

/**
 * The job as the move must leave it: with the patch, and otherwise unchanged. The contract does not say how attempts
 * are counted here.
 */
function moved(job: ExportJob, answered: ExportJob, { actor, step }: StepRecord, { to }: Move): ExportJob {
  const { attempts } = to === 'processing' ? answered : job;
  const next: ExportJob = { ...job, attempts, ...patchOf(actor, step, to), status: to };
  if (to !== 'expired') return next;
  const { signedUrl: _url, signedUrlExpiresAt: _urlExpiresAt, ...withoutUrl } = next;
  return withoutUrl;
}

function otherThanMoved(
  record: StepRecord,
  to: ExportStatus,
  { path, expected, actual }: Difference,
): Failure {
  return {
    summary: `${whoOf(record)} moved the job to ${to}, and the answer shows a job with a wrong ${path}.`,
    expected: `the job as it was, with what the patch sets: ${path} ${literal(expected)}`,
    actual: `${path} ${literal(actual)}`,
    marked: [record],
  };
}

function offPath(path: readonly ExportStatus[], record: StepRecord, move: Move): Failure {
  return {
    summary: `${whoOf(record)} moved the job to ${move.to} though the job had gone ${path.join(' → ')}.`,
    expected: 'each transition of the job happens once, and only an allowed one',
    actual: `a success for ${move.from.join(' or ') || 'no status'} → ${move.to}`,
    marked: [record],
  };
}

/** A legal move of a job that nobody else touches was refused. */
function missedMove(run: TrialRun<Case>): Failure | undefined {
  if (run.input.length > 1) return undefined;
  let at: ExportStatus = 'pending';
  for (const { record } of calls(run, 'jobs.transition')) {
    const { from, to } = run.input[0]![record.step]!;
    if (!from.includes(at) || !EXPORT_TRANSITIONS[at].includes(to)) continue;
    if (record.outcome.status !== 'ok') {
      return {
        summary: `A job that no other caller touched was ${at} and could not be moved from ${from.join(' or ')} to ${to}.`,
        expected: `${at} → ${to} succeeds`,
        actual: String(codeOf(record)),
        marked: [record],
      };
    }
    at = to;
  }
  return undefined;
}

/** Lists must show the job as `get` does, whatever its status. */
function judgeLists(run: TrialRun<Case>): Failure | undefined {
  const got = finaleValue(run, 0);
  return run.finale
    .filter(({ step, outcome }) => step > 0 && outcome.status === 'ok')
    .map((by) => {
      const shows = `${by.step === 1 ? 'The list of its owner' : 'The scan'} shows a job`;
      return shownOtherwise({ shows, other: 'get' }, { value: pageIn(valueOf(by)).items[0], by }, got);
    })
    .find((failure) => failure !== undefined);
}
