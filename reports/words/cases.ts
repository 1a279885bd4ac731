/** Test cases: what CI systems know of a result, whatever its kind. JUnit and annotations are made from them. */
import type { Block } from '../document/model.ts';
import { drawBlocks } from '../document/terminal/draw.ts';

export interface CaseGroup {
  /** For example `certify memory`, `load postgres hot-stream`. */
  readonly name: string;
  readonly durationMs: number;
  readonly cases: readonly TestCase[];
}

export interface TestCase {
  /** Clause or rule. */
  readonly id: string;
  readonly name: string;
  readonly durationMs: number;
  /** `failed` is the adapter's fault, or that of the baseline; `error` the harness's or the environment's: nothing was decided. */
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** The status, or what stands for it: `known-failure`, `stale-baseline`. */
  readonly type: string;
  /** Why, in a sentence; empty where it passed. */
  readonly message: string;
  /** With a picture, in lines. */
  readonly detail?: string;
}

const PLAIN = { color: false, columns: 110 };

/** What a case shows beside its message, as a log shows it. */
export function detailOf(blocks: readonly Block[]): string {
  return drawBlocks(blocks, PLAIN);
}
