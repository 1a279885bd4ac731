/**
 * How fast the load of a drill is sent. A machine that does not keep up gets less load, because the drill tests the move, and a
 * fleet that always owes copies never passes a gate.
 */
export interface TempoOptions {
  /** Requests per second at most. */
  readonly most: number;
  /** Sets the requests per second. Null: as before. Resolves with how many requests were due and sent so far. */
  readonly pace: (ratePerSecond: number | null) => Promise<{ readonly due: number; readonly sent: number }>;
}

/** At least this part of the highest rate is sent. */
const LEAST_SHARE = 1 / 4;
/** A load that is behind by more seconds than the first is slowed down. Below the second it may be sped up. */
const TOO_FAR_S = 1;
const NEAR_S = 0.2;

export class Tempo {
  readonly #options: TempoOptions;
  #rate: number;

  constructor(options: TempoOptions) {
    this.#options = options;
    this.#rate = options.most;
  }

  /** Requests per second now. */
  get perSecond(): number {
    return this.#rate;
  }

  /** How many times as long sending takes as at the highest rate. */
  get timesAsLong(): number {
    return this.#options.most / this.#rate;
  }

  /** Slows the load down if it is behind. Speeds it up if it was slowed down and keeps up again. */
  async adapt(): Promise<void> {
    const { due, sent } = await this.#options.pace(null);
    const behindS = (due - sent) / this.#rate;
    if (behindS > TOO_FAR_S) await this.#set(this.#rate / 2);
    else if (behindS < NEAR_S && this.#rate < this.#options.most) await this.#set(this.#rate * 2);
  }

  /** Slows the load down, and drops the requests that are behind. */
  async ease(): Promise<void> {
    await this.#set(this.#rate / 2);
  }

  /** Sets the rate. Requests that are behind are dropped, even if the rate stays the same. */
  async #set(rate: number): Promise<void> {
    const { most, pace } = this.#options;
    this.#rate = Math.min(most, Math.max(most * LEAST_SHARE, rate));
    await pace(this.#rate);
  }
}
