/** Requests to settle and to withdraw, the answers in a history, and what of an effect the stream shows. */
import type { NewStream, StreamRecord } from '../../../adapters/contract/index.ts';
import type { ProtocolResponse } from '../../../adapters/protocol/types.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { valueOf } from './observe.ts';
import type { Subject } from '../engine/property.ts';

export const SETTLEMENTS = ['settle', 'withdraw'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** What a request names where it names an amount. */
export const AMOUNT = '5';

/** The body of a request that takes effect once, by its state or by its key: of all there is, or of an amount. */
export function bodyFor({ settlement }: Subject): Pick<Extract<Step, { do: 'request' }>, 'body'> {
  return settlement.once ? {} : { body: { amount: AMOUNT } };
}

/** Whether the settlement protocol can be asked: it works on streams, under their locks. */
export function takesRequests({ surfaces }: Pick<Subject, 'surfaces'>): boolean {
  return surfaces.includes('locks') && surfaces.includes('streams');
}

/** The answer to a `request` step; undefined when it failed. */
export function answerOf(record: StepRecord): ProtocolResponse | undefined {
  return valueOf(record) as ProtocolResponse | undefined;
}

/** Whether the answer claims an effect, by execution or (`replayed`) by replay. */
export function isEffect(record: StepRecord, replayed: boolean): boolean {
  const answer = answerOf(record);
  return answer?.effect === true && answer.replayed === replayed;
}

/** Whether the answer is a refusal, as a client understands it. */
export function isRefusal(answer: ProtocolResponse | undefined): boolean {
  return answer?.effect === false && answer.status >= 400 && answer.status < 500;
}

/** Whether the answer says that the key belongs to another request: by its code, or, without one, by its status. */
export function saysConflict(answer: ProtocolResponse | undefined): boolean {
  if (answer?.effect !== false) return false;
  return answer.code === undefined ? CONFLICTS.includes(answer.status) : answer.code === 'CONFLICT';
}

const CONFLICTS: readonly number[] = [409, 422];

/** Statuses that say: not now. */
const LATER: readonly (number | undefined)[] = [425, 429, 503];

/** Whether the answer says that nothing was decided yet, so that the caller asks again. */
export function saysLater(answer: ProtocolResponse | undefined): boolean {
  return answer?.effect === false && (answer.code === 'IN_PROGRESS' || LATER.includes(answer.status));
}

/** Whether nobody can know if the request took effect: an unforeseen error, or a commit whose answer was lost. */
export function isOpen(record: StepRecord): boolean {
  return record.outcome.status === 'error' || answerOf(record)?.status === 500;
}

/** Whether `after` shows that the operation took effect on the stream `before`: by its status, or by what it moved. */
export function showsEffect(
  operation: Settlement,
  before: NewStream,
  after: Partial<StreamRecord> | undefined,
): boolean {
  if (operation === 'withdraw')
    return after?.status === 'withdrawn' || after?.withdrawnAmount !== before.withdrawnAmount;
  return after?.status !== before.status || after?.releasedAmount !== before.releasedAmount;
}
