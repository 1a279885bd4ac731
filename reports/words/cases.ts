/** Test cases: the part of a result that CI systems understand. JUnit and annotations are made from them. */
import type { Block } from '../document/model.ts';
import { drawBlocks } from '../document/terminal/draw.ts';

export interface CaseGroup {
  /** For example `certify memory`, `load postgres hot-stream`. */
  readonly name: string;
  readonly durationMs: number;
  readonly cases: readonly TestCase[];
}

export interface TestCase {
  /** The clause or rule. */
  readonly id: string;
  readonly name: string;
  readonly durationMs: number;
  /**
   * `failed`: the adapter (or the baseline) is at fault. `error`: the harness or the environment failed, and nothing
   * was decided.
   */
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** The status, or a substitute: `known-failure`, `stale-baseline`. */
  readonly type: string;
  /** The reason, in one sentence. Empty if the case passed. */
  readonly message: string;
  /** The full text in lines, with a picture. */
  readonly detail?: string;
}

const PLAIN = { color: false, columns: 110 };

/** The details of a case besides its message, as a log shows them. */
export function detailOf(blocks: readonly Block[]): string {
  return drawBlocks(blocks, PLAIN);
}
