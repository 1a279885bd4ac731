/**
 * When bundles are sent: at once (closed loop), or on a schedule that no slow answer delays (open loop). What is due while
 * every connection waits for an answer is sent later, and counted from when it was due.
 */
import type { RunClock } from '../service/journal.ts';

export interface PacerOptions {
  /** Requests per second; null: as they come. */
  readonly rate: number | null;
  /** null: until the plan is done. */
  readonly durationMs: number | null;
}

/** Of a schedule. */
export interface Pacing {
  /** Requests that were to be sent by now, or by the end. */
  readonly due: number;
  readonly sent: number;
}

/** Of all schedules: how late the driver itself was, though a connection was waiting. */
export interface Lag {
  readonly sent: number;
  /** Of those sent: how many later than LATE_MS. */
  readonly late: number;
  /** The longest in milliseconds. */
  readonly maxLagMs: number;
}

/** So much later than due a request is the driver's delay, and no measure of the target's, in milliseconds. */
export const LATE_MS = 10;
/** So long after the end of an open loop what was due before is still sent, in milliseconds. */
export const GRACE_MS = 1000;

const NS_A_SECOND = 1e9;
const NS_A_MS = 1e6;

interface Waiting {
  /** 0: for the end. */
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
  /** Requests that have a place on the schedule, sent or not. */
  #placed = 0;
  #waiting: Waiting[] = [];
  #sentBefore = 0;
  #late = 0;
  #maxLagNs = 0;
  #isOver = false;

  /** `set` lets `ring` be called at a time of the clock, instead of at the one that was set before; unused in a closed loop. */
  constructor({ rate, durationMs }: PacerOptions, now: RunClock, set: (at: number) => void) {
    this.#rate = rate;
    this.#durationMs = durationMs;
    this.#now = now;
    this.#set = set;
  }

  /** Begins the schedule. */
  start(): void {
    this.#from = this.#now();
    // It may have been stopped already.
    if (this.#durationMs !== null)
      this.#end = Math.min(this.#end, Math.round(this.#from + this.#durationMs * NS_A_MS));
  }

  /** Begins another one, for what is not sent yet. Returns what came of the last. */
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
   * Waits until the next bundle of `requests` is due. Resolves with the time when it should be sent, `now` in a closed loop,
   * or `over` when nothing more is to be sent.
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

  /** Lets go what is due by now. */
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
      if (lagNs > LATE_MS * NS_A_MS) this.#late += next.requests;
      next.resolve(next.due);
    }
    if (this.#waiting[0] !== undefined) this.#set(this.#waiting[0].due);
  }

  /** Nothing more becomes due. Of an open loop what is due already is still sent, as long as after its time. */
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
    if (this.#now() >= this.#end + graceMs * NS_A_MS) this.#isOver = true;
    return this.#isOver;
  }

  get pacing(): Pacing {
    const until = Math.min(this.#now(), this.#end);
    const due = this.#rate === null ? 0 : Math.ceil(((until - this.#from) * this.#rate) / NS_A_SECOND);
    const sent = this.#placed - this.#waiting.reduce((sum, { requests }) => sum + requests, 0);
    // A bundle is sent as a whole, with what is due a bit later.
    return { due: Math.max(due, sent), sent };
  }

  get lag(): Lag {
    const sent = this.#sentBefore + this.pacing.sent;
    return { sent, late: this.#late, maxLagMs: this.#maxLagNs / NS_A_MS };
  }

  /** What is due after the end waits for it: the load lasts as long as it was to last, whatever its rate. */
  #await({ requests, due, resolve }: Waiting): void {
    const isAfter = due >= this.#end;
    if (isAfter) this.#placed -= requests;
    this.#waiting.push(isAfter ? { requests: 0, due: this.#end, resolve } : { requests, due, resolve });
    if (this.#waiting.length === 1) this.#set(isAfter ? this.#end : due);
  }

  #place(requests: number): number {
    const due = Math.round(this.#from + (this.#placed * NS_A_SECOND) / (this.#rate ?? 1));
    this.#placed += requests;
    return due;
  }
}
