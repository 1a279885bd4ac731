import { nextTurn } from '../process/bounded.ts';
import { nowNs } from './clock.ts';

/**
 * A fraction of what a process may take to answer whether it still responds. Each turn lets others go first, of whom some
 * are to be seen to starve.
 */
const TURN_AFTER_NS = 1e9;

/** Unwinds an actor whose run is over, so that it releases its locks. */
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

  /** Lets the next step run. */
  release(): void {
    this.#granted = true;
    this.#wake?.();
  }

  /** Lets all steps run as they come. */
  releaseAll(): void {
    this.#free = true;
    this.#wake?.();
  }

  /** The run is over: no further step runs, open sections are given up. */
  abandon(): void {
    this.#abandoned = true;
    this.#wake?.();
  }

  /** Waits until the next step may run. Rejects with Abandoned when the run is over. */
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

  /** Throws Abandoned when the run is over. */
  check(): void {
    if (this.#abandoned) throw new Abandoned();
  }

  /**
   * An adapter that answers at once, call after call, would keep the event loop from turning for as long as a program
   * lasts: its process would look as if it no longer responded.
   */
  async #turn(): Promise<void> {
    await nextTurn();
    this.#turned = nowNs();
  }
}
