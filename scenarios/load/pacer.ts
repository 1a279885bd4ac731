/** When bundles are sent: at once (closed loop), or on a schedule that no slow answer delays (open loop). */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { RunClock } from './journal.ts';

export interface PacerOptions {
  /** Requests a second; null: as they come. */
  readonly rate: number | null;
  /** null: until the plan is done. */
  readonly durationMs: number | null;
}

export interface Pacer {
  start(): void;
  /** Whether nothing more is to be sent. */
  isOver(): boolean;
  /** Waits until the next bundle of `requests` is due and gives the time when it should be sent; undefined in a closed loop. */
  wait(requests: number): Promise<number | undefined>;
  /** Ends the waits, early. */
  stop(): void;
  /** The longest in milliseconds that a due bundle, with a connection waiting for it, was sent late. */
  readonly maxLagMs: number;
}

const NS_A_SECOND = 1e9;
const NS_A_MS = 1e6;
/** Timers are late by up to so much, in milliseconds; the rest of a wait is spent looking at the clock. */
const TIMER_SLACK_MS = 2;

export function createPacer({ rate, durationMs }: PacerOptions, now: RunClock): Pacer {
  let from = 0;
  let issued = 0;
  let maxLagNs = 0;
  const stopping = new AbortController();
  return {
    start: () => {
      from = now();
    },
    isOver: () => durationMs !== null && now() - from >= durationMs * NS_A_MS,
    stop: () => stopping.abort(),
    wait: async (requests) => {
      if (rate === null) return undefined;
      const intended = Math.round(from + (issued * NS_A_SECOND) / rate);
      issued += requests;
      if (now() >= intended) return intended;
      await until(intended, now, stopping.signal);
      maxLagNs = Math.max(maxLagNs, now() - intended);
      return intended;
    },
    get maxLagMs() {
      return maxLagNs / NS_A_MS;
    },
  };
}

async function until(time: number, now: RunClock, signal: AbortSignal): Promise<void> {
  const sleepMs = Math.floor((time - now()) / NS_A_MS) - TIMER_SLACK_MS;
  if (sleepMs > 0) await setTimeout(sleepMs, undefined, { signal }).catch(() => {});
  while (now() < time && !signal.aborted) await setImmediate();
}
