/**
 * Ends a run early: because of a signal or the time limit. The run is asked to stop and to report what it knows. If it
 * does not stop on its own it is ended, so that the process is gone within ten seconds.
 */
import type { EarlyEnd } from '../../reports/model.ts';
import { earlyEndText } from '../../reports/words/words.ts';
import { endChildren } from '../../scenarios/process/index.ts';
import { explainError } from '../errors.ts';
import { endNow } from './exitGuard.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The exit status of a process that a signal ended, as shells report it. */
const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type EndingSignal = keyof typeof SIGNAL_STATUS;
const SIGNALS = Object.keys(SIGNAL_STATUS) as EndingSignal[];

/**
 * The child processes are killed this long after the run was asked to stop, in milliseconds: an adapter may hang in
 * them.
 */
const KILL_AFTER_MS = 4000;
/** This process gives up this long after the run was asked to stop, in milliseconds, because something in it hangs. */
const GIVE_UP_AFTER_MS = 8500;
/**
 * One press of Ctrl-C may arrive twice, from the terminal and through npm. A signal that comes this much later is a
 * second request, in milliseconds.
 */
const ECHO_MS = 300;

export interface Interruption extends Disposable {
  /** Aborted by the first signal, or when the time is up. */
  readonly signal: AbortSignal;
  /** What aborted the run, and when. Undefined: nothing did. */
  readonly ended: EarlyEnd | undefined;
}

export interface InterruptionOptions {
  readonly terminal: Pick<Terminal, 'error' | 'underWay'>;
  /** The time limit for the whole run, in seconds. Default: none. */
  readonly timeout?: number | undefined;
  /**
   * Saves and prints what is known, synchronously, and returns the exit status, because the process ends although the
   * run has not.
   */
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
