/** Requests to settle and to withdraw, their answers in a history, and whether a stream shows their effects. */
import type { NewStream, StreamRecord } from '../../../adapters/contract/index.ts';
import type { ProtocolResponse } from '../../../adapters/protocol/types.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { valueOf } from './observe.ts';
import type { Subject } from '../engine/property.ts';

export const SETTLEMENTS = ['settle', 'withdraw'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** The amount of a request, if it has one. */
export const AMOUNT = '5';

/**
 * The body of a request that takes effect once, because of the stream's state or because of its key. It takes
 * everything, or an amount.
 */
export function bodyFor({ settlement }: Subject): Pick<Extract<Step, { do: 'request' }>, 'body'> {
  return settlement.once ? {} : { body: { amount: AMOUNT } };
}

/** The answer to a `request` step. Undefined if the step failed. */
export function answerOf(record: StepRecord): ProtocolResponse | undefined {
  return valueOf(record) as ProtocolResponse | undefined;
}

/** Whether the answer claims an effect: by execution or, if `replayed`, by replay. */
export function isEffect(record: StepRecord, replayed: boolean): boolean {
  const answer = answerOf(record);
  return answer?.effect === true && answer.replayed === replayed;
}

/** Whether the answer is a refusal from a client's point of view. */
export function isRefusal(answer: ProtocolResponse | undefined): boolean {
  return answer?.effect === false && answer.status >= 400 && answer.status < 500;
}

/** Whether the answer says that the key belongs to another request, by its code or, without a code, by its status. */
export function saysConflict(answer: ProtocolResponse | undefined): boolean {
  if (answer?.effect !== false) return false;
  return answer.code === undefined ? CONFLICTS.includes(answer.status) : answer.code === 'CONFLICT';
}

const CONFLICTS: readonly number[] = [409, 422];

/** Statuses that mean "not now". */
const LATER: readonly (number | undefined)[] = [425, 429, 503];

/** Whether the answer says that nothing was decided yet, so that the caller must ask again. */
export function saysLater(answer: ProtocolResponse | undefined): boolean {
  return answer?.effect === false && (answer.code === 'IN_PROGRESS' || LATER.includes(answer.status));
}

/**
 * Whether it is unknown if the request took effect: after an unforeseen error, or after a commit whose answer was lost.
 */
export function isOpen(record: StepRecord): boolean {
  return record.outcome.status === 'error' || answerOf(record)?.status === 500;
}

/**
 * Whether `after` shows that the operation took effect on the stream `before`, by the stream's status or by what was
 * moved.
 */
export function showsEffect(
  operation: Settlement,
  before: NewStream,
  after: Partial<StreamRecord> | undefined,
): boolean {
  if (operation === 'withdraw')
    return after?.status === 'withdrawn' || after?.withdrawnAmount !== before.withdrawnAmount;
  return after?.status !== before.status || after?.releasedAmount !== before.releasedAmount;
}
