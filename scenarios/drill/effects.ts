/** Counts the answered effects of a drill's load. Steps and troubles last until there are enough, on any machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CourseField } from '../load/run/course.ts';

const AGAIN_MS = 250;

export class Effects {
  readonly #pace: CourseField['pace'];
  readonly #patienceMs: number;

  /** `patienceMs` is the longest wait for effects. */
  constructor(pace: CourseField['pace'], patienceMs: number) {
    this.#pace = pace;
    this.#patienceMs = patienceMs;
  }

  /** The effects of the whole load so far. Infinity if the drivers have ended, so that nobody waits for more. */
  async count(): Promise<number> {
    try {
      return (await this.#pace(null)).effects;
    } catch {
      return Infinity;
    }
  }

  /** Resolves when the whole load has this many answered effects, or when that takes too long. Never rejects. */
  async until(count: number, signal: AbortSignal): Promise<void> {
    const until = performance.now() + this.#patienceMs;
    while (!signal.aborted && performance.now() < until && (await this.count()) < count)
      await sleep(AGAIN_MS);
  }
}
