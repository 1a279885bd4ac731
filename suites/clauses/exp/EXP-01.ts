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
import { answeredOtherwise } from '../../harness/judging/answered.ts';
import { calls, codeOf, editedText, finaleValue, valueOf, whoOf } from '../../harness/judging/observe.ts';
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
import { literal } from '../../harness/judging/same.ts';

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
 * Actors move one job at once. The moves that succeeded must be one path through the allowed transitions, each
 * taken once, from a status that the caller named; a refusal is CONFLICT; the job ends where the path ends; and who
 * created or moved it was answered with the job as it is then.
 */
const MOVES: Property<Case> = {
  clause: 'EXP-01',
  arbitrary: () =>
    fc.oneof(
      // Of a job that nobody else touches every answer is known.
      fc.tuple(fc.array(move, { minLength: 1, maxLength: 4 })),
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
  // From no status at all nothing may move: a filter that is left out when its list is empty lets everything pass.
  examples: () => [
    [[{ from: [], to: 'processing' }, start, { from: [], to: 'ready' }]],
    ...ROUTES.map((one) => [one, one, one]),
    // One begins while another is half done.
    [[start, finish, expire], [finish, expire], [expire], [start, giveUp]],
  ],
  racing: true,
  situations: () => [
    {
      name: 'a move that another one of the same kind met, which was refused',
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
      // What a caller does with the job that it gave, or was given, is nothing to the storage.
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
      finale: [direct('jobs.get', job)],
    };
  },
  judge: (run) => judgeRefusals(run) ?? judgePath(run) ?? judgeAnswers(run),
};

export const EXP_01: AnyProperty = property(joined(MOVES, otherParent('jobs')));

/** Another one for each move. */
function patchOf(actor: number, step: number, to: ExportStatus): ExportPatch {
  return {
    fileName: `by-${actor + 1}-${step + 1}.csv`,
    attempts: 10 * actor + step,
    expiresAt: `2199-01-01T00:0${actor}:0${step}.000001Z`,
    ...(to === 'ready' ? READY_PATCH : {}),
  };
}

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
  if (stored?.status === at) return missedMove(run);
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
  const stored = finaleValue(run, 0) as ExportJob;
  for (const { record } of calls(run, 'jobs.transition')) {
    const answered = valueOf(record) as ExportJob | undefined;
    if (answered === undefined) continue;
    const { to } = run.input[record.actor]![record.step]!;
    const wanted = { ...patchOf(record.actor, record.step, to), status: to };
    const other = Object.entries(wanted).find(
      ([field, value]) => answered[field as keyof ExportJob] !== value,
    );
    if (other !== undefined) return otherThanMoved(record, to, other, answered);
    // The path passes each status once: the last move is the one whose status is stored.
    const changed = stored.status === to ? answeredOtherwise('jobs.transition', record, stored) : undefined;
    if (changed !== undefined) return changed;
  }
  return undefined;
}

function otherThanMoved(
  record: StepRecord,
  to: ExportStatus,
  [field, value]: readonly [string, unknown],
  answered: ExportJob,
): Failure {
  return {
    summary: `${whoOf(record)} moved the job to ${to}, and was answered with a job whose ${field} is not what the move makes it.`,
    expected: `the job as it is after the move: ${field} ${literal(value)}`,
    actual: `${field} ${literal(answered[field as keyof ExportJob])}`,
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

/** Of a job that nobody else touches, a move that was legal and was refused. */
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
