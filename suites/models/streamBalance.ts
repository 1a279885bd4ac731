/**
 * Few long-lived streams: settle releases an amount, at most the stream's total in all; withdraw takes an amount
 * that is covered by what was released. Neither changes the status.
 */
import { streamLifecycle } from './streamLifecycle.ts';
import { effect, REFUSED, type StreamModel, type StreamStep } from './stream.ts';

export const streamBalance: StreamModel = {
  name: 'stream-balance',
  step(state, input): StreamStep {
    const { f, amount } = input;
    if (f !== 'settle' && f !== 'withdraw') return streamLifecycle.step(state, input);
    const isOpen = state.status === 'active' || state.status === 'paused';
    if (amount === undefined || !(isOpen || (f === 'withdraw' && state.status === 'ended'))) return REFUSED;
    if (f === 'settle') {
      const released = state.released + amount;
      return released > state.total ? REFUSED : effect(state, { released });
    }
    const withdrawn = state.withdrawn + amount;
    return withdrawn > state.released ? REFUSED : effect(state, { withdrawn });
  },
};
