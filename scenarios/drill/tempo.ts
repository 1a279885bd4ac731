/**
 * The rate of a drill's load. A slow machine gets less load, because the drill tests the move, and a fleet that always
 * owes copies never passes a gate.
 */
export interface TempoOptions {
  /** The highest rate, in requests per second. */
  readonly most: number;
  /**
   * Sets the rate, in requests per second. Null: as before. Resolves with the number of requests that were due and sent
   * so far.
   */
  readonly pace: (ratePerSecond: number | null) => Promise<{ readonly due: number; readonly sent: number }>;
}

/** The lowest rate is this part of the highest. */
const MIN_SHARE = 1 / 4;
/**
 * The load is slowed down if it is more seconds behind than the first number. It may be sped up again if it is fewer
 * seconds behind than the second.
 */
const TOO_FAR_S = 1;
const NEAR_S = 0.2;

export class Tempo {
  readonly #options: TempoOptions;
  #rate: number;

  constructor(options: TempoOptions) {
    this.#options = options;
    this.#rate = options.most;
  }

  /** The current rate, in requests per second. */
  get perSecond(): number {
    return this.#rate;
  }

  /** How many times as long a request takes to be sent as at the highest rate. */
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
    this.#rate = Math.min(most, Math.max(most * MIN_SHARE, rate));
    await pace(this.#rate);
  }
}
