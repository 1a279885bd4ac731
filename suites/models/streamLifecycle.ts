/** Many short-lived streams. For each, one settle and one withdraw may take effect. */
import {
  effect,
  REFUSED,
  UNCHANGED,
  type ModelOperation,
  type ModelStatus,
  type StreamModel,
  type StreamState,
  type StreamStep,
} from './stream.ts';

/** The next status. `same`: a success that changes nothing. Absent: the operation is refused. */
const MOVES: Readonly<Partial<Record<ModelStatus, Partial<Record<ModelOperation, ModelStatus | 'same'>>>>> = {
  draft: { start: 'active', stop: 'ended' },
  active: { start: 'same', pause: 'paused', stop: 'ended', settle: 'ended' },
  paused: { start: 'active', pause: 'same', stop: 'ended', settle: 'ended' },
  ended: { stop: 'same', settle: 'same', withdraw: 'withdrawn' },
  withdrawn: { withdraw: 'same' },
};

export const streamLifecycle: StreamModel = {
  name: 'stream-lifecycle',
  step(state, { f }): StreamStep {
    const move = MOVES[state.status]?.[f];
    if (move === undefined) return REFUSED;
    if (move === 'same') return UNCHANGED;
    return effect(state, { status: move, ...moneyMoved(state, f) });
  },
};

/** A settle releases everything that was promised. A withdraw takes everything that was released. */
function moneyMoved(state: StreamState, f: ModelOperation): Partial<StreamState> {
  if (f === 'settle') return { released: state.total };
  if (f === 'withdraw') return { withdrawn: state.released };
  return {};
}
