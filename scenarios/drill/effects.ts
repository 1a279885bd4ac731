/** Counts the effects that the load of a drill was answered: steps and troubles last until there are enough, on any machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CourseField } from '../load/run/course.ts';

const AGAIN_MS = 250;

export class Effects {
  readonly #pace: CourseField['pace'];
  readonly #patienceMs: number;

  /** `patienceMs`: how long to wait for them at most. */
  constructor(pace: CourseField['pace'], patienceMs: number) {
    this.#pace = pace;
    this.#patienceMs = patienceMs;
  }

  /** Of the whole load until now. Infinity where drivers have ended: nobody is to wait for them. */
  async count(): Promise<number> {
    try {
      return (await this.#pace(null)).effects;
    } catch {
      return Infinity;
    }
  }

  /** Resolves when so many were answered, of the whole load, or when there is no hope for them. Never rejects. */
  async until(count: number, signal: AbortSignal): Promise<void> {
    const until = performance.now() + this.#patienceMs;
    while (!signal.aborted && performance.now() < until && (await this.count()) < count)
      await sleep(AGAIN_MS);
  }
}
