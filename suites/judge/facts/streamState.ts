/** Evidence in the words of the models. */
import type { EvidenceHeader } from '../../../scenarios/evidence.ts';
import { inputOf } from '../../checker/models/streamFields.ts';
import { streamBalance } from '../../models/streamBalance.ts';
import { streamLifecycle } from '../../models/streamLifecycle.ts';
import type { StreamInput, StreamModel } from '../../models/stream.ts';
import type { Effect } from './effectTable.ts';

export function modelOf({ workload }: EvidenceHeader): StreamModel {
  switch (workload) {
    case 'lifecycle':
      return streamLifecycle;
    case 'balance':
      return streamBalance;
    default:
      return workload satisfies never;
  }
}

/** What an effect did; undefined if its operation, or the amount that the workload needs, is unknown. */
export function inputOfEffect(effect: Effect, { workload }: EvidenceHeader): StreamInput | undefined {
  // A lifecycle operation moves the whole amount, so an amount in storage is its result.
  const input = inputOf(effect.f, workload === 'balance' ? effect.amount : undefined);
  const needsAmount = workload === 'balance' && (input?.f === 'settle' || input?.f === 'withdraw');
  return needsAmount && input.amount === undefined ? undefined : input;
}
