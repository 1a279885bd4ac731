/** Many short-lived streams: one settle and one withdraw a stream may take effect. */
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

/** Where an operation leads from a status; `same`: a success that changes nothing; absent: refused. */
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

/** A settle releases everything that is promised; a withdraw takes everything that was released. */
function moneyMoved(state: StreamState, f: ModelOperation): Partial<StreamState> {
  if (f === 'settle') return { released: state.total };
  if (f === 'withdraw') return { withdrawn: state.released };
  return {};
}
