import { nextTurn } from '../process/bounded.ts';
import { nowNs } from './clock.ts';

/**
 * The gate lets the event loop turn this often: a fraction of the time after which a process counts as blocked. Not
 * more often, because each turn lets other actors go first, and tests of starvation need some that are not let through.
 */
const TURN_AFTER_NS = 1e9;

/** Unwinds an actor whose run has ended, so that it releases its locks. */
export class Abandoned extends Error {}

/** Where an actor waits before each of its steps. */
export class Gate {
  #granted = false;
  #free = false;
  #abandoned = false;
  #wake: (() => void) | undefined;
  #turned = nowNs();

  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Lets the actor run its next step. */
  release(): void {
    this.#granted = true;
    this.#wake?.();
  }

  /** Lets the actor run all steps at its own pace. */
  releaseAll(): void {
    this.#free = true;
    this.#wake?.();
  }

  /** Ends the run: no further step runs, and open sections are given up. */
  abandon(): void {
    this.#abandoned = true;
    this.#wake?.();
  }

  /** Waits until the next step may run. Rejects with Abandoned if the run has ended. */
  async pass(): Promise<void> {
    if (nowNs() - this.#turned >= TURN_AFTER_NS) await this.#turn();
    while (!this.#granted && !this.#free && !this.#abandoned) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#granted = false;
    this.check();
  }

  /** Throws Abandoned if the run has ended. */
  check(): void {
    if (this.#abandoned) throw new Abandoned();
  }

  /**
   * Lets the event loop turn. An adapter that always answers at once would otherwise block it for the whole program,
   * and the process would look as if it no longer responded.
   */
  async #turn(): Promise<void> {
    await nextTurn();
    this.#turned = nowNs();
  }
}
