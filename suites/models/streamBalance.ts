/**
 * Few long-lived streams. A settle releases an amount; all of them together release at most the stream's total. A
 * withdraw takes an amount that was released. Neither changes the status.
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
