/** How much evidence can be judged in the memory that there is. */
import { getHeapStatistics } from 'node:v8';
import { LockstepError } from '../../scenarios/lockstepError.ts';

const MEGABYTE = 1024 * 1024;

/** What judging takes for each byte of evidence, on the heap. Measured: 3 to 4 for mixes of any kind. */
const HEAP_A_BYTE = 5;
/** A part takes no more of the heap than this, where streams are not larger alone. */
const MOST_PART_BYTES = 24 * MEGABYTE;
/** Below this nothing is gained by parts. */
const LEAST_PART_BYTES = MEGABYTE;

export interface MemoryPlan {
  /** Evidence of no more bytes is judged as a whole. */
  readonly wholeBytes: number;
  /** Of a part of larger evidence. */
  readonly partBytes: number;
  /** A part of more bytes cannot be judged. */
  readonly mostBytes: number;
}

/** For a heap that may grow up to `heapBytes`. */
export function planMemory(heapBytes: number = getHeapStatistics().heap_size_limit): MemoryPlan {
  const mostBytes = heapBytes / HEAP_A_BYTE;
  const partBytes = Math.max(LEAST_PART_BYTES, Math.min(MOST_PART_BYTES, mostBytes / 2));
  return { wholeBytes: Math.min(partBytes, mostBytes / 2), partBytes, mostBytes };
}

export function tooLarge(bytes: number, plan: MemoryPlan): LockstepError {
  const needed = Math.ceil((bytes * HEAP_A_BYTE) / MEGABYTE);
  const limit = Math.floor((plan.mostBytes * HEAP_A_BYTE) / MEGABYTE);
  return new LockstepError(
    'EVIDENCE_TOO_LARGE',
    `The evidence cannot be judged in the memory that there is: what must be judged together, one stream or streams under ` +
      `the same tokens, is ${megabytes(bytes)} MB of evidence and takes about ${needed} MB, and Node.js may use ${limit} MB. ` +
      `Set NODE_OPTIONS=--max-old-space-size=${needed}, or drive fewer operations.`,
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / MEGABYTE);
}
