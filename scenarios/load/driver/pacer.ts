/**
 * Decides when bundles are sent: as soon as possible (closed loop), or on a schedule that slow answers do not delay
 * (open loop). A request that is due while every connection waits for an answer is sent later, but its latency counts
 * from when it was due.
 */
import type { RunClock } from '../service/journal.ts';

export interface PacerOptions {
  /** Requests per second. Null: closed loop. */
  readonly rate: number | null;
  /** Null: until the plan is done. */
  readonly durationMs: number | null;
}

/** The progress of a schedule. */
export interface Pacing {
  /** The number of requests that should have been sent by now, or by the end. */
  readonly due: number;
  readonly sent: number;
}

/** For all schedules: the delays that the driver itself caused, while a connection was free. */
export interface Lag {
  readonly sent: number;
  /** The number of requests that were sent more than LATE_MS late. */
  readonly late: number;
  /** The longest delay, in milliseconds. */
  readonly maxLagMs: number;
}

/** If a request is sent this much later than due, in milliseconds, the driver caused the delay and not the target. */
export const LATE_MS = 10;
/** How long after the end of an open loop due requests are still sent, in milliseconds. */
export const GRACE_MS = 1000;

const NS_PER_SECOND = 1e9;
const NS_PER_MS = 1e6;

interface Waiting {
  /** 0: waits for the end. */
  readonly requests: number;
  readonly due: number;
  readonly resolve: (due: number | 'now' | 'over') => void;
}

export class Pacer {
  readonly #durationMs: number | null;
  readonly #now: RunClock;
  readonly #set: (at: number) => void;
  #rate: number | null;
  #from = 0;
  #end = Infinity;
  /** The number of requests that have a place on the schedule, sent or not. */
  #placed = 0;
  #waiting: Waiting[] = [];
  #sentBefore = 0;
  #late = 0;
  #maxLagNs = 0;
  #isOver = false;

  /**
   * `set` makes the alarm call `ring` at a time of the clock, instead of at the time that was set before. A closed loop
   * does not use it.
   */
  constructor({ rate, durationMs }: PacerOptions, now: RunClock, set: (at: number) => void) {
    this.#rate = rate;
    this.#durationMs = durationMs;
    this.#now = now;
    this.#set = set;
  }

  /** Starts the schedule. */
  start(): void {
    this.#from = this.#now();
    // The pacer may have been stopped already.
    if (this.#durationMs !== null)
      this.#end = Math.min(this.#end, Math.round(this.#from + this.#durationMs * NS_PER_MS));
  }

  /** Starts another schedule for the requests that are not sent yet. Returns the progress of the previous one. */
  pace(rate: number): Pacing {
    const before = this.pacing;
    this.#rate = rate;
    this.#from = this.#now();
    this.#sentBefore += before.sent;
    this.#placed = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting)
      this.#await({ ...one, due: one.requests === 0 ? one.due : this.#place(one.requests) });
    this.ring();
    return before;
  }

  /**
   * Waits until the next bundle of `requests` is due. Resolves with the time at which it was due, with `now` in a
   * closed loop, or with `over` if nothing more is to be sent.
   */
  wait(requests: number): Promise<number | 'now' | 'over'> {
    if (this.isOver) return Promise.resolve('over');
    if (this.#rate === null) return Promise.resolve('now');
    const due = this.#place(requests);
    const time = this.#now();
    if (due < this.#end && time >= due) return Promise.resolve(due);
    if (due >= this.#end && time >= this.#end) {
      this.#placed -= requests;
      return Promise.resolve('over');
    }
    return new Promise((resolve) => this.#await({ requests, due, resolve }));
  }

  /** Releases the bundles that are due by now. */
  ring(): void {
    const time = this.#now();
    for (let next = this.#waiting[0]; next !== undefined && next.due <= time; next = this.#waiting[0]) {
      this.#waiting.shift();
      if (next.requests === 0) {
        next.resolve('over');
        continue;
      }
      const lagNs = time - next.due;
      this.#maxLagNs = Math.max(this.#maxLagNs, lagNs);
      if (lagNs > LATE_MS * NS_PER_MS) this.#late += next.requests;
      next.resolve(next.due);
    }
    if (this.#waiting[0] !== undefined) this.#set(this.#waiting[0].due);
  }

  /**
   * No further request becomes due. In an open loop, requests that are already due are still sent, within the same time
   * as at its regular end.
   */
  stop(): void {
    this.#end = Math.min(this.#end, this.#now());
    if (this.#rate === null) this.#isOver = true;
    const isDue = ({ due }: Waiting): boolean => due < this.#end;
    for (const one of this.#waiting.filter((each) => !isDue(each))) {
      this.#placed -= one.requests;
      one.resolve('over');
    }
    this.#waiting = this.#waiting.filter(isDue);
  }

  /** Whether nothing more is to be sent. */
  get isOver(): boolean {
    const graceMs = this.#rate === null ? 0 : GRACE_MS;
    if (this.#now() >= this.#end + graceMs * NS_PER_MS) this.#isOver = true;
    return this.#isOver;
  }

  get pacing(): Pacing {
    const until = Math.min(this.#now(), this.#end);
    const due = this.#rate === null ? 0 : Math.ceil(((until - this.#from) * this.#rate) / NS_PER_SECOND);
    const sent = this.#placed - this.#waiting.reduce((sum, { requests }) => sum + requests, 0);
    // A bundle is sent as a whole, including requests that are due slightly later.
    return { due: Math.max(due, sent), sent };
  }

  get lag(): Lag {
    const sent = this.#sentBefore + this.pacing.sent;
    return { sent, late: this.#late, maxLagMs: this.#maxLagNs / NS_PER_MS };
  }

  /**
   * A bundle that would be due after the end waits for the end, so that the load takes the requested time at any rate.
   */
  #await({ requests, due, resolve }: Waiting): void {
    const isAfter = due >= this.#end;
    if (isAfter) this.#placed -= requests;
    this.#waiting.push(isAfter ? { requests: 0, due: this.#end, resolve } : { requests, due, resolve });
    if (this.#waiting.length === 1) this.#set(isAfter ? this.#end : due);
  }

  #place(requests: number): number {
    const due = Math.round(this.#from + (this.#placed * NS_PER_SECOND) / (this.#rate ?? 1));
    this.#placed += requests;
    return due;
  }
}
