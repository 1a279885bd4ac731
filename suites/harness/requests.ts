/** Answers of the settlement protocol in a history. */
import type { ProtocolResponse } from '../../adapters/protocol/types.ts';
import type { StepRecord } from '../../scenarios/host/program.ts';
import { valueOf } from './observe.ts';

/** The answer to a `request` step; undefined when it failed. */
export function answerOf(record: StepRecord): ProtocolResponse | undefined {
  return valueOf(record) as ProtocolResponse | undefined;
}

/** Whether the answer claims an effect, by execution or (`replayed`) by replay. */
export function isEffect(record: StepRecord, replayed: boolean): boolean {
  const answer = answerOf(record);
  return answer?.effect === true && answer.replayed === replayed;
}
