/**
 * The end of a run before its time: a signal, or the time limit. The run is asked to stop and to tell what it knows. What
 * does not stop by itself is ended, so that the process is gone within ten seconds.
 */
import type { EarlyEnd } from '../../reports/model.ts';
import { earlyEndText } from '../../reports/words/words.ts';
import { endChildren } from '../../scenarios/process/index.ts';
import { explainError } from '../errors.ts';
import { endNow } from './exitGuard.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The status of a process that a signal ended, as shells count it. */
const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type EndingSignal = keyof typeof SIGNAL_STATUS;
const SIGNALS = Object.keys(SIGNAL_STATUS) as EndingSignal[];

/** So long after the run was asked to stop the child processes are killed, in milliseconds: an adapter may hang in them. */
const KILL_AFTER_MS = 4000;
/** And so long after it this process gives up: something hangs in it. */
const GIVE_UP_AFTER_MS = 8500;
/** One press of Ctrl-C may arrive twice, from the terminal and through npm; what comes so much later was asked again. */
const ECHO_MS = 300;

export interface Interruption extends Disposable {
  /** Aborted by the first signal, or when the time is up. */
  readonly signal: AbortSignal;
  /** What aborted it, and when; undefined: nothing has. */
  readonly ended: EarlyEnd | undefined;
}

export interface InterruptionOptions {
  readonly terminal: Pick<Terminal, 'error' | 'underWay'>;
  /** Seconds for everything. Default: no limit. */
  readonly timeout?: number | undefined;
  /** Keeps and tells what is known, at once, and returns the exit status: the process ends although the run has not. */
  readonly giveUp: () => number;
}

function statusOf(giveUp: () => number, terminal: Pick<Terminal, 'error'>): number {
  try {
    return giveUp();
  } catch (error) {
    const { message, status } = explainError(error);
    terminal.error(`lockstep: ${message}`);
    return status;
  }
}

/** Listens until disposed. */
export function listenForInterrupt({ terminal, timeout, giveUp }: InterruptionOptions): Interruption {
  const controller = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  let ended: EarlyEnd | undefined;
  let firstSignalAt: number | undefined;
  const after = (ms: number, act: () => void): void => void timers.push(setTimeout(act, ms));
  const end = (by: string): void => {
    if (ended !== undefined) return;
    const during = terminal.underWay?.what;
    ended = during === undefined ? { by } : { by, during };
    terminal.error(
      `\nStopping within ten seconds (${earlyEndText(ended)}). Ctrl-C once more to stop at once.`,
    );
    after(KILL_AFTER_MS, endChildren);
    after(GIVE_UP_AFTER_MS, () => endNow(statusOf(giveUp, terminal)));
    controller.abort(new Error(`ended early by ${by}`));
  };
  const onSignal = (signal: EndingSignal): void => {
    const now = performance.now();
    if (now - (firstSignalAt ?? now) > ECHO_MS) endNow(SIGNAL_STATUS[signal]);
    firstSignalAt ??= now;
    end(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  if (timeout !== undefined) after(timeout * 1000, () => end(`--timeout ${timeout}`));
  return {
    signal: controller.signal,
    get ended() {
      return ended;
    },
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
