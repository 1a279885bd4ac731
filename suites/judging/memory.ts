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
/** What Node.js counts to its limit for objects that have just been made, where nobody sets it. */
const NEW_OBJECTS_BYTES = 48 * MEGABYTE;
/** What Node.js needs for itself. */
const LEAST_HEAP_BYTES = 16 * MEGABYTE;

export interface MemoryPlan {
  /** What objects may take. */
  readonly heapBytes: number;
  /** Evidence of no more bytes is judged as a whole. */
  readonly wholeBytes: number;
  /** Of a part of larger evidence. */
  readonly partBytes: number;
  /** A part of more bytes cannot be judged. */
  readonly mostBytes: number;
}

/** For a heap that may grow up to `limit`, in bytes. */
export function planMemory(limit: number = getHeapStatistics().heap_size_limit): MemoryPlan {
  const heapBytes = Math.max(LEAST_HEAP_BYTES, limit - NEW_OBJECTS_BYTES);
  const mostBytes = heapBytes / HEAP_A_BYTE;
  const partBytes = Math.max(LEAST_PART_BYTES, Math.min(MOST_PART_BYTES, mostBytes / 2));
  return { heapBytes, wholeBytes: Math.min(partBytes, mostBytes / 2), partBytes, mostBytes };
}

/** Of a part of so many bytes, whether it is so large or was found to be. */
export function tooLarge(bytes: number, { heapBytes }: MemoryPlan): LockstepError {
  const wanted = Math.max(2 * heapBytes, bytes * HEAP_A_BYTE);
  return new LockstepError(
    'EVIDENCE_TOO_LARGE',
    `The evidence cannot be judged in the memory that there is: ${megabytes(bytes)} MB of it must be judged together, one ` +
      `stream or streams under the same tokens, and Node.js may use ${megabytes(heapBytes)} MB. ` +
      `Set NODE_OPTIONS=--max-old-space-size=${megabytes(wanted)}, or drive fewer operations.`,
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / MEGABYTE);
}
