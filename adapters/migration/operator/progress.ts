/** The progress of a step: how much is done, of how much, how fast, and how long the rest takes at that rate. */
import type { StepName } from '../../contract/migration/moveSteps.ts';

export interface StepProgress {
  readonly step: StepName;
  /** What the step counts, or waits for: `records copied`. */
  readonly what: string;
  readonly done: number;
  /** Absent: the total is unknown. */
  readonly total?: number;
  /** Absent: too little is done to measure a rate. */
  readonly perSecond?: number;
  /** How long the rest takes at that rate, in milliseconds. Absent if the total or the rate is absent. */
  readonly leftMs?: number;
}

/** Counts one thing. The rate covers what was counted since the meter was made. */
export class Meter {
  readonly #step: StepName;
  readonly #what: string;
  readonly #total: number | undefined;
  readonly #clock: () => number;
  readonly #startedAt: number;
  #done = 0;

  constructor(step: StepName, what: string, total?: number, clock: () => number = () => performance.now()) {
    this.#step = step;
    this.#what = what;
    this.#total = total;
    this.#clock = clock;
    this.#startedAt = clock();
  }

  add(count: number): StepProgress {
    this.#done += count;
    const ms = this.#clock() - this.#startedAt;
    const progress = { step: this.#step, what: this.#what, done: this.#done };
    const known = this.#total === undefined ? {} : { total: Math.max(this.#total, this.#done) };
    if (ms <= 0 || this.#done === 0) return { ...progress, ...known };
    const perSecond = (1000 * this.#done) / ms;
    if (this.#total === undefined) return { ...progress, perSecond };
    const left = Math.max(0, this.#total - this.#done);
    return { ...progress, ...known, perSecond, leftMs: (1000 * left) / perSecond };
  }
}
