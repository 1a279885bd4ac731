/**
 * How fast the load of a drill goes. A machine that does not keep up is sent less: what is drilled is the move, and a fleet
 * that always owes copies never passes a gate.
 */
export interface TempoOptions {
  /** Requests per second at most. */
  readonly most: number;
  /** Sends so many requests per second from now on; null: as before. Resolves with what came of the schedule until now. */
  readonly pace: (ratePerSecond: number | null) => Promise<{ readonly due: number; readonly sent: number }>;
}

/** Of the highest rate, that which is always sent. */
const LEAST_SHARE = 1 / 4;
/** So many seconds behind is too far, and so near is at ease. */
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

  /** How many times as long as at the highest rate it takes to send as much. */
  get timesAsLong(): number {
    return this.#options.most / this.#rate;
  }

  /** Slower where the load is behind, faster where it was slowed down and no longer is. */
  async adapt(): Promise<void> {
    const { due, sent } = await this.#options.pace(null);
    const behindS = (due - sent) / this.#rate;
    if (behindS > TOO_FAR_S) await this.#set(this.#rate / 2);
    else if (behindS < NEAR_S && this.#rate < this.#options.most) await this.#set(this.#rate * 2);
  }

  /** Slower, and nothing is behind any more. */
  async ease(): Promise<void> {
    await this.#set(this.#rate / 2);
  }

  /** What is behind is left out, also where the rate stays. */
  async #set(rate: number): Promise<void> {
    const { most, pace } = this.#options;
    this.#rate = Math.min(most, Math.max(most * LEAST_SHARE, rate));
    await pace(this.#rate);
  }
}
