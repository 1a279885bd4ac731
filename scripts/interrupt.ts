/** Ctrl-C: the first one asks the run to stop and to tell what it knows, the second one ends the process. */

import { endNow } from './exitGuard.ts';

/** The status of a process that a signal ended, as shells count it. */
const SIGNAL_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

export interface Interruption extends Disposable {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Listens until disposed. Children end by themselves when this process is gone. */
export function listenForInterrupt(say: (text: string) => void): Interruption {
  const controller = new AbortController();
  const onSignal = (signal: keyof typeof SIGNAL_STATUS): void => {
    if (controller.signal.aborted) endNow(SIGNAL_STATUS[signal]);
    say('\nStopping. Once more to stop at once.');
    controller.abort(new Error(`interrupted by ${signal}`));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
