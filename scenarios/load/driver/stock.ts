/** The streams that a driver may use: those that have been created. It waits for those that are still to come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle } from '../mixes/index.ts';

/** A driver reports its need after each this many streams. */
const TELL_EVERY = 100;
/** How often a wait checks whether it is to be given up, in milliseconds. */
const LOOK_MS = 20;

export class Stock {
  #created: number;
  #told = 0;
  #waiting = 0;
  #waitedFrom = 0;
  #starvedMs = 0;
  readonly #tell: (streams: number) => void;

  /** `created`: the number of streams. `tell` is called with the number of streams that the plan needs by now. */
  constructor(created: number, tell: (streams: number) => void) {
    this.#created = created;
    this.#tell = tell;
  }

  /** Notes that this many streams exist now. */
  provide(created: number): void {
    this.#created = Math.max(this.#created, created);
  }

  /** How long anybody waited for streams, in milliseconds. */
  get starvedMs(): number {
    return this.#starvedMs;
  }

  /** Whether the streams of the bundle exist. Waits for them unless `isOver` says to give up. */
  async holds(bundle: Bundle, isOver: () => boolean): Promise<boolean> {
    const needed = streamsOf(bundle);
    if (needed >= this.#told + TELL_EVERY || needed > this.#created) {
      this.#told = Math.max(this.#told, needed);
      this.#tell(this.#told);
    }
    return needed <= this.#created || this.#wait(needed, isOver);
  }

  async #wait(needed: number, isOver: () => boolean): Promise<boolean> {
    if (this.#waiting === 0) this.#waitedFrom = performance.now();
    this.#waiting += 1;
    while (needed > this.#created && !isOver()) await sleep(LOOK_MS);
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#starvedMs += performance.now() - this.#waitedFrom;
    return needed <= this.#created;
  }
}

/** The number of streams that must exist for the bundle. */
function streamsOf(bundle: Bundle): number {
  let most = 0;
  for (const request of bundle)
    if (request.kind === 'effect' || request.kind === 'get') most = Math.max(most, request.stream + 1);
  return most;
}
