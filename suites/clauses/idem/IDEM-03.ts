import fc from 'fast-check';
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { finaleValue, observed, show } from '../../harness/judging/observe.ts';
import { joined } from '../../harness/parts/joined.ts';
import { otherStream } from '../../harness/parts/otherStream.ts';
import { locksStreams } from '../../harness/cases/lockedStreams.ts';
import {
  property,
  TOPOLOGIES,
  type AnyProperty,
  type Failure,
  type Property,
  type Scope,
  type Subject,
  type Trial,
  type TrialRun,
} from '../../harness/engine/property.ts';
import {
  answerOf,
  isEffect,
  isRefusal,
  saysConflict,
  saysLater,
  showsEffect,
} from '../../harness/judging/requests.ts';
import { answeredRequests } from '../../harness/judging/races.ts';
import { beginRace, judgeBeginRace } from './beginRace.ts';
import { settleRace } from './settleRace.ts';

interface Case {
  /** Whether requests are made through `begin` instead of the settlement protocol. Needs claims. */
  readonly claims: boolean;
  /**
   * One key, several bodies: for each actor the number of its body, which is also its amount if the settlement takes
   * amounts.
   */
  readonly amounts: readonly number[];
}

/**
 * Requests with one key and different bodies race. One body must take effect, once. The other bodies must be refused,
 * with claims even while the first request is running.
 */
const BODIES: Property<Case> = {
  clause: 'IDEM-03',
  racing: true,
  topologies: TOPOLOGIES,
  inapplicable: (subject) =>
    waysOf(subject).length > 0
      ? undefined
      : 'needs requests: by locks and streams, or by the capability idempotencyClaims',
  arbitrary: (subject) =>
    fc.record({
      claims: fc.constantFrom(...waysOf(subject)),
      amounts: fc
        .array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 5 })
        .filter((amounts) => new Set(amounts).size > 1),
    }),
  examples: (subject) =>
    waysOf(subject).flatMap((claims) => BESIDE_EACH_OTHER.map((amounts): Case => ({ claims, amounts }))),
  situations: (subject) => (locksStreams(subject) ? [answeredRequests] : []),
  trial: ({ claims, amounts }, scope, subject) =>
    claims ? beginRace(amounts, scope) : raceOf(amounts, scope, subject),
  judge: (run) => (run.input.claims ? judgeBeginRace(run, run.input.amounts) : judgeSettles(run)),
  exercised: ({ input }) => new Set(input.amounts).size > 1,
};

export const IDEM_03: AnyProperty = property(joined(BODIES, otherStream));

/** Bodies that race: three different ones, one of two repeated, and both repeated. */
const BESIDE_EACH_OTHER: readonly Case['amounts'][] = [
  [1, 2, 3],
  [1, 2, 1],
  [1, 2, 2, 1],
];

/** Whether requests can be made through `begin`, and through the settlement, which needs locks and streams. */
function waysOf(subject: Subject): Case['claims'][] {
  return [
    ...(locksStreams(subject) ? [false] : []),
    ...(subject.capabilities.idempotencyClaims ? [true] : []),
  ];
}

function raceOf(amounts: readonly number[], scope: Scope, { settlement }: Subject): Trial {
  const bodies = amounts.map((amount) => ({
    body: settlement.amounts ? { amount: String(amount) } : { reference: `invoice ${amount}` },
  }));
  return { ...settleRace(scope, bodies), finale: [direct('streams.get', scope.id('s1'))] };
}

interface Settled {
  readonly record: StepRecord;
  /** Equal numbers mean equal bodies. */
  readonly body: number;
}

function judgeSettles(run: TrialRun<Case>): Failure | undefined {
  const answers = observed(run).map(({ record }): Settled => ({
    record,
    body: run.input.amounts[record.actor] ?? 0,
  }));
  const winners = answers.filter(({ record }) => isEffect(record, false));
  const [winner] = winners;
  const wrong = answers.find((one) => one !== winner && !mayAnswer(one, winner, run.subject));
  const stored = finaleValue(run, 0) as Partial<StreamRecord> | undefined;
  const { amounts } = run.subject.settlement;
  const holds =
    winner !== undefined &&
    (amounts ? stored?.releasedAmount === String(winner.body) : showsEffect('settle', streamOf(''), stored));
  if (wrong === undefined && winners.length === 1 && holds) return undefined;
  const what =
    winners.length > 1
      ? `${winners.length} of the requests took effect, with ${new Set(winners.map(({ body }) => body)).size === 1 ? 'the same body' : 'different bodies'}`
      : wrong === undefined
        ? 'the stream does not show what the answer says'
        : `a request with ${bodyBeside(wrong, winner)} was answered ${show(answerOf(wrong.record), run.scope)}`;
  const noun = amounts ? 'amount' : 'invoice';
  return {
    summary: `${answers.length} requests with one key and ${new Set(run.input.amounts).size} different bodies raced, and ${what}.`,
    expected: `the first body (${noun} ${winner?.body}) once, its repetitions replayed, every other body CONFLICT`,
    actual: `released ${stored?.releasedAmount}; answers ${answers.map(({ record, body }) => `${body}: ${answerOf(record)?.code ?? answerOf(record)?.status}`).join(', ')}`,
    marked: [...winners, ...(wrong === undefined ? [] : [wrong])].map(({ record }) => record),
  };
}

function bodyBeside({ body }: Settled, winner: Settled | undefined): string {
  if (winner === undefined) return 'one of them';
  return body === winner.body ? 'the body that took effect' : 'another body than the one that took effect';
}

/**
 * Whether this answer is allowed beside the winner's: the replay for an equal body, a conflict for another body.
 * While the winner is running, an equal body may also be told to try again. If the settlement takes no amounts, the
 * stream's state may refuse a request that overlaps the winner. IDEM-02 judges such refusals.
 */
function mayAnswer({ record, body }: Settled, winner: Settled | undefined, { settlement }: Subject): boolean {
  const answer = answerOf(record);
  const overlaps = winner !== undefined && record.call < winner.record.return;
  if (answer?.effect === true) return answer.replayed && body === winner?.body;
  if (overlaps && !settlement.amounts && isRefusal(answer)) return true;
  return body === winner?.body ? overlaps && saysLater(answer) : saysConflict(answer);
}
